package milvus

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/milvus-io/milvus-sdk-go/v2/client"
	"github.com/milvus-io/milvus-sdk-go/v2/entity"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"selfrag/retrieval"
)

// maxK is the maximum number of rows that Milvus returns for one search.
const maxK = 16384

// staleness is the staleness that Milvus allows for a bounded search.
const staleness = 5 * time.Second

// server is a connection to Milvus. Its methods accept only rows and
// expressions of a scope, so that none lacks its tenant.
type server struct {
	client  client.Client
	cfg     Config
	version string
	sparse  bool // it supports sparse vectors

	mu      sync.Mutex
	written map[string]time.Time // last write of this process to each Milvus collection
	removed map[string]time.Time // last delete in each that no insert followed
}

func dial(ctx context.Context, cfg Config) (*server, error) {
	options := []grpc.DialOption{
		grpc.WithBlock(),                 //nolint:staticcheck // the SDK dials this way, and the deadline for dialling requires it
		grpc.WithReturnConnectionError(), //nolint:staticcheck // gives the reason
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 10 * time.Second}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(1 << 30)),
		grpc.WithUnaryInterceptor(repeating(cfg)),
	}
	if cfg.TLS != nil {
		options = append(options, grpc.WithTransportCredentials(credentials.NewTLS(cfg.TLS)))
	}
	settings := client.Config{
		Address: cfg.Address, DBName: cfg.Database, EnableTLSAuth: cfg.TLS != nil, DialOptions: options,
		RetryRateLimit: &client.RetryRateLimitOption{MaxRetry: 10, MaxBackoff: 3 * time.Second},
	}
	if user, password, ok := strings.Cut(cfg.Token, ":"); ok {
		settings.Username, settings.Password = user, password
	} else {
		settings.APIKey = cfg.Token
	}
	dialling, cancel := context.WithTimeout(ctx, cfg.DialTimeout)
	defer cancel()
	c, err := client.NewClient(dialling, settings)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var unreachable *retrieval.UnreachableError
		if errors.As(err, &unreachable) || strings.HasPrefix(err.Error(), "connect fail") {
			return nil, err
		}
		return nil, unreachableError(cfg, err)
	}
	s := &server{client: c, cfg: cfg, written: map[string]time.Time{}, removed: map[string]time.Time{}}
	if s.version, err = c.GetVersion(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("ask for its version: %w", err), c.Close())
	}
	s.sparse = hasSparse(s.version)
	return s, nil
}

// hasSparse reports whether servers of the given version support sparse
// vectors, as they do from 2.4 on. Versions look like "v2.3.5-lite", "v2.4.10"
// and "milvus_lite-3.2.2".
func hasSparse(version string) bool {
	found := regexp.MustCompile(`(\d+)\.(\d+)`).FindStringSubmatch(version)
	if found == nil {
		return false
	}
	major, _ := strconv.Atoi(found[1])
	minor, _ := strconv.Atoi(found[2])
	return major > 2 || major == 2 && minor >= 4
}

// level returns the consistency level for a search of a Milvus collection.
// Milvus' session level sees our own writes but nothing newer, so it is used
// only while a bounded search could miss our writes.
func (s *server) level(name string) entity.ConsistencyLevel {
	if s.cfg.Strong {
		return entity.ClStrong
	}
	if s.lately(s.written, name) {
		return entity.ClSession
	}
	return entity.ClBounded
}

// knowing returns the level at which a search that must see our own writes also
// sees our deletes. The session level depends on the times that the server
// gives to writes, and 2.3 gives none to a delete.
func (s *server) knowing(name string, level entity.ConsistencyLevel) entity.ConsistencyLevel {
	if level == entity.ClSession && s.lately(s.removed, name) {
		return entity.ClStrong
	}
	return level
}

// lately reports whether the event was so recent that a bounded search could
// miss it.
func (s *server) lately(times map[string]time.Time, name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := times[name]
	return ok && time.Since(at) < staleness+time.Second
}

func (s *server) note(times map[string]time.Time, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	times[name] = time.Now()
}

func (s *server) query(ctx context.Context, name string, w where, level entity.ConsistencyLevel, fields ...string) (table, error) {
	var rows client.ResultSet
	err := s.loaded(ctx, name, func() (err error) {
		rows, err = s.client.Query(ctx, name, nil, w.expr, fields, client.WithSearchQueryConsistencyLevel(s.knowing(name, level)))
		return err
	})
	return table(rows), explained(err)
}

func (s *server) count(ctx context.Context, name string, w where, level entity.ConsistencyLevel) (int, error) {
	rows, err := s.query(ctx, name, w, level, "count(*)")
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	if n, ok := rows[0].(*entity.ColumnInt64); ok && n.Len() > 0 {
		return int(n.Data()[0]), nil
	}
	return 0, errors.New("the server gave no number of rows")
}

// search returns the best k rows for each vector.
func (s *server) search(ctx context.Context, name string, w where, field string, vectors []entity.Vector, k int, p entity.SearchParam, fields ...string) ([]client.SearchResult, error) {
	var results []client.SearchResult
	err := s.loaded(ctx, name, func() (err error) {
		results, err = s.client.Search(ctx, name, nil, w.expr, fields, vectors, field, entity.IP, k, p,
			client.WithSearchQueryConsistencyLevel(s.knowing(name, s.level(name))))
		return err
	})
	if err != nil {
		return nil, explained(err)
	}
	for i, r := range results {
		// The SDK cannot determine the types of an empty result.
		if r.Err != nil && r.ResultCount > 0 {
			return nil, fmt.Errorf("read the answer: %w", r.Err)
		}
		if r.ResultCount == 0 {
			results[i] = client.SearchResult{}
		}
	}
	return results, nil
}

// upsert writes rows in place of those with the same primary keys, which are
// the first column. Before 2.4 Milvus' own upsert puts rows into partitions
// that do not match their partition key, where no search for their tenant finds
// them. On such servers upsert deletes the old rows and inserts the new ones.
func (s *server) upsert(ctx context.Context, name string, columns ...entity.Column) error {
	defer s.note(s.written, name)
	if s.sparse {
		return explained(s.loaded(ctx, name, func() error {
			_, err := s.client.Upsert(ctx, name, "", columns...)
			return err
		}))
	}
	if err := s.erase(ctx, name, table(columns).ids()); err != nil {
		s.note(s.removed, name)
		return err
	}
	// The time of the insert is after that of the delete, so whoever sees the
	// insert sees the delete.
	_, err := s.client.Insert(ctx, name, "", columns...)
	if err != nil {
		s.note(s.removed, name)
	}
	return explained(err)
}

// remove deletes rows by their primary keys.
func (s *server) remove(ctx context.Context, name string, ids []rowID) error {
	if len(ids) == 0 {
		return nil
	}
	defer func() {
		s.note(s.written, name)
		s.note(s.removed, name)
	}()
	return s.erase(ctx, name, ids)
}

// erase deletes rows by their primary keys. It never deletes by expressions on
// other fields, because 2.3 may miss rows then.
func (s *server) erase(ctx context.Context, name string, ids []rowID) error {
	for from := 0; from < len(ids); from += s.cfg.MaxRows {
		part := ids[from:min(from+s.cfg.MaxRows, len(ids))]
		if err := s.loaded(ctx, name, func() error { return s.client.Delete(ctx, name, "", inRows(part)) }); err != nil {
			return explained(err)
		}
	}
	return nil
}

// loaded calls do, and, if the Milvus collection was not loaded, loads it and
// calls do again. A server that has restarted may have forgotten that the
// collection was loaded.
func (s *server) loaded(ctx context.Context, name string, do func() error) error {
	err := do()
	if err == nil || !strings.Contains(err.Error(), "not loaded") && !strings.Contains(err.Error(), "'released'") {
		return err
	}
	if err := s.load(ctx, name); err != nil {
		return err
	}
	return do()
}

// explained wraps the errors that callers look for.
func explained(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, gone := range []string{"can't find collection", "collection not found", "does not exist", "collection not exist"} {
		if strings.Contains(text, gone) {
			return fmt.Errorf("%w (%w)", retrieval.ErrUnknownCollection, err)
		}
	}
	return err
}

// table is the result of a query by columns.
type table client.ResultSet

func (t table) texts(name string) []string {
	if c, ok := client.ResultSet(t).GetColumn(name).(*entity.ColumnVarChar); ok {
		return c.Data()
	}
	return nil
}

func (t table) ints(name string) []int64 {
	if c, ok := client.ResultSet(t).GetColumn(name).(*entity.ColumnInt64); ok {
		return c.Data()
	}
	return nil
}

func (t table) json(name string) [][]byte {
	if c, ok := client.ResultSet(t).GetColumn(name).(*entity.ColumnJSONBytes); ok {
		return c.Data()
	}
	return nil
}

func (t table) vectors(name string) [][]float32 {
	if c, ok := client.ResultSet(t).GetColumn(name).(*entity.ColumnFloatVector); ok {
		return c.Data()
	}
	return nil
}

// ids returns the primary keys of the rows. The query was made with a scope.
func (t table) ids() []rowID {
	var ids []rowID
	for _, id := range t.texts(fieldID) {
		ids = append(ids, rowID{id})
	}
	return ids
}
