package milvus

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"

	"selfrag/retrieval"
)

// maxK is the maximum number of rows that Milvus returns for one search.
const maxK = 16384

// staleness is the staleness that Milvus allows for a bounded search.
const staleness = 5 * time.Second

// server is a connection to Milvus. Its methods accept only rows and
// expressions of a scope, so that none lacks its tenant.
type server struct {
	conn    conn
	cfg     Config
	version string
	sparse  bool // it supports sparse vectors

	mu      sync.Mutex
	written map[string]time.Time // last write of this process to each Milvus collection
	removed map[string]time.Time // last delete in each that no insert followed
}

func dial(ctx context.Context, cfg Config) (*server, error) {
	dialling, cancel := context.WithTimeout(ctx, cfg.DialTimeout)
	defer cancel()
	c, err := connect(dialling, cfg)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var unreachable *retrieval.UnreachableError
		var answered *refusal
		if errors.As(err, &unreachable) || errors.As(err, &answered) {
			return nil, err
		}
		return nil, unreachableError(cfg, err)
	}
	s := &server{conn: c, cfg: cfg, written: map[string]time.Time{}, removed: map[string]time.Time{}}
	if s.version, err = c.version(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("ask for its version: %w", err), c.close())
	}
	s.sparse = hasSparse(s.version)
	return s, nil
}

// hasSparse reports whether servers of the given version support sparse
// vectors, as they do from 2.4 on. Versions look like "v2.3.5-lite", "v2.4.10",
// "2.6.0" and "milvus_lite-3.2.2". A build of a branch, such as
// "master-20250819-0769", has no number: it is taken for a new one.
func hasSparse(version string) bool {
	found := regexp.MustCompile(`(\d+)\.(\d+)`).FindStringSubmatch(version)
	if found == nil {
		return true
	}
	major, _ := strconv.Atoi(found[1])
	minor, _ := strconv.Atoi(found[2])
	return major > 2 || major == 2 && minor >= 4
}

// level returns the consistency level for a search of a Milvus collection.
// Milvus' session level sees our own writes but nothing newer, so it is used
// only while a bounded search could miss our writes.
func (s *server) level(name string) consistency {
	if s.cfg.Strong {
		return strong
	}
	if s.lately(s.written, name) {
		return session
	}
	return bounded
}

// knowing returns the level at which a search that must see our own writes also
// sees our deletes. The session level depends on the times that the server
// gives to writes, and 2.3 gives none to a delete.
func (s *server) knowing(name string, level consistency) consistency {
	if level == session && s.lately(s.removed, name) {
		return strong
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

func (s *server) query(ctx context.Context, name string, w where, level consistency, fields ...string) (table, error) {
	var rows table
	err := s.loaded(ctx, name, func() (err error) {
		rows, err = s.conn.query(ctx, name, w.expr, s.knowing(name, level), fields)
		return err
	})
	return rows, explained(err)
}

func (s *server) count(ctx context.Context, name string, w where, level consistency) (int, error) {
	const number = "count(*)"
	rows, err := s.query(ctx, name, w, level, number)
	if err != nil {
		return 0, err
	}
	if n := rows.ints(number); len(n) > 0 {
		return int(n[0]), nil
	}
	return 0, errors.New("the server gave no number of rows")
}

// search returns the hits of each vector.
func (s *server) search(ctx context.Context, name string, w where, n nearest, fields ...string) ([]hits, error) {
	var found []hits
	err := s.loaded(ctx, name, func() (err error) {
		found, err = s.conn.search(ctx, name, w.expr, s.knowing(name, s.level(name)), n, fields)
		return err
	})
	return found, explained(err)
}

// upsert writes rows in place of those with the same primary keys, which are
// the first column. Before 2.4 Milvus' own upsert puts rows into partitions
// that do not match their partition key, where no search for their tenant finds
// them. On such servers upsert deletes the old rows and inserts the new ones.
func (s *server) upsert(ctx context.Context, name string, rows table) error {
	defer s.note(s.written, name)
	if s.sparse {
		return explained(s.loaded(ctx, name, func() error { return s.conn.upsert(ctx, name, rows) }))
	}
	if err := s.erase(ctx, name, rows.ids()); err != nil {
		s.note(s.removed, name)
		return err
	}
	// The time of the insert is after that of the delete, so whoever sees the
	// insert sees the delete.
	err := s.conn.insert(ctx, name, rows)
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
		if err := s.loaded(ctx, name, func() error { return s.conn.remove(ctx, name, inRows(part)) }); err != nil {
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
	var r *refusal
	if !errors.As(err, &r) || !r.notLoaded() {
		return err
	}
	if err := s.load(ctx, name); err != nil {
		return err
	}
	return do()
}
