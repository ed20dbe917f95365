package milvus

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/milvus-io/milvus-sdk-go/v2/client"
	"github.com/milvus-io/milvus-sdk-go/v2/entity"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
)

// conn makes the calls to a server. It is the border to Milvus' SDK, which is
// archived: no other file imports it, and none of its types leaves this one.
type conn struct{ sdk client.Client }

// connect dials the server within the time that ctx allows.
func connect(ctx context.Context, cfg Config) (conn, error) {
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
		// One try: the SDK knows the rate limit only by its old code, so
		// repeating waits for it.
		RetryRateLimit: &client.RetryRateLimitOption{MaxRetry: 1},
	}
	if user, password, ok := strings.Cut(cfg.Token, ":"); ok {
		settings.Username, settings.Password = user, password
	} else {
		settings.APIKey = cfg.Token
	}
	sdk, err := client.NewClient(ctx, settings)
	return conn{sdk}, err
}

func (c conn) close() error { return c.sdk.Close() }

func (c conn) version(ctx context.Context) (string, error) { return c.sdk.GetVersion(ctx) }

// has reports whether there is a Milvus collection with the given name.
func (c conn) has(ctx context.Context, name string) (bool, error) {
	return c.sdk.HasCollection(ctx, name)
}

// create creates a Milvus collection that is searched with bounded staleness
// unless a search says otherwise.
func (c conn) create(ctx context.Context, s schema, partitions int) error {
	made := entity.NewSchema().WithName(s.name).WithDescription(s.description)
	for _, f := range s.fields {
		field := entity.NewField().WithName(f.name).WithDataType(typeOf(f.kind)).WithIsPrimaryKey(f.primary).WithIsPartitionKey(f.partition)
		if f.maxBytes > 0 {
			field = field.WithMaxLength(int64(f.maxBytes))
		}
		if f.dimensions > 0 {
			field = field.WithDim(int64(f.dimensions))
		}
		made = made.WithField(field)
	}
	return c.sdk.CreateCollection(ctx, made, 1, client.WithPartitionNum(int64(partitions)), client.WithConsistencyLevel(entity.ClBounded))
}

// describe returns the fields of a Milvus collection.
func (c conn) describe(ctx context.Context, name string) (schema, error) {
	have, err := c.sdk.DescribeCollection(ctx, name)
	if err != nil {
		return schema{}, err
	}
	s := schema{name: name, description: have.Schema.Description}
	for _, f := range have.Schema.Fields {
		dimensions, _ := strconv.Atoi(f.TypeParams[entity.TypeParamDim]) // 0 for other types
		s.fields = append(s.fields, field{
			name: f.Name, kind: kindOf(f.DataType), dimensions: dimensions, primary: f.PrimaryKey, partition: f.IsPartitionKey,
		})
	}
	return s, nil
}

var types = map[kind]entity.FieldType{
	textKind: entity.FieldTypeVarChar, intKind: entity.FieldTypeInt64, jsonKind: entity.FieldTypeJSON,
	vectorKind: entity.FieldTypeFloatVector, sparseKind: entity.FieldTypeSparseVector,
}

func typeOf(k kind) entity.FieldType { return types[k] }

// kindOf returns "" for types that this package does not use.
func kindOf(t entity.FieldType) kind {
	for k, have := range types {
		if have == t {
			return k
		}
	}
	return ""
}

func (c conn) indexed(ctx context.Context, name, field string) (bool, error) {
	have, err := c.sdk.DescribeIndex(ctx, name, field)
	return len(have) > 0, err
}

// index creates an index and waits until it is built. All indexes are for inner
// products.
func (c conn) index(ctx context.Context, name, field string, i index) error {
	var (
		made entity.Index
		err  error
	)
	switch {
	case i.sparse:
		made, err = entity.NewIndexSparseInverted(entity.IP, 0)
	case i.m == 0:
		made, err = entity.NewIndexFlat(entity.IP)
	default:
		made, err = entity.NewIndexHNSW(entity.IP, i.m, i.efConstruction)
	}
	if err != nil {
		return err
	}
	return c.sdk.CreateIndex(ctx, name, field, made, false)
}

func (c conn) loaded(ctx context.Context, name string) (bool, error) {
	state, err := c.sdk.GetLoadState(ctx, name, nil)
	return state == entity.LoadStateLoaded, err
}

// load returns when the Milvus collection can be searched.
func (c conn) load(ctx context.Context, name string) error {
	return c.sdk.LoadCollection(ctx, name, false)
}

var levels = map[consistency]entity.ConsistencyLevel{
	strong: entity.ClStrong, session: entity.ClSession, bounded: entity.ClBounded, eventual: entity.ClEventually,
}

func atLevel(l consistency) client.SearchQueryOptionFunc {
	return client.WithSearchQueryConsistencyLevel(levels[l])
}

func (c conn) query(ctx context.Context, name, expr string, level consistency, fields []string) (table, error) {
	rows, err := c.sdk.Query(ctx, name, nil, expr, fields, atLevel(level))
	if err != nil {
		return nil, err
	}
	return tableOf(rows), nil
}

// search returns the hits of each vector, in the order of the vectors.
func (c conn) search(ctx context.Context, name, expr string, level consistency, n nearest, fields []string) ([]hits, error) {
	vectors := make([]entity.Vector, 0, len(n.dense)+len(n.sparse))
	for _, v := range n.dense {
		vectors = append(vectors, entity.FloatVector(v))
	}
	for _, v := range n.sparse {
		embedding, err := embeddingOf(v)
		if err != nil {
			return nil, err
		}
		vectors = append(vectors, embedding)
	}
	var (
		params entity.SearchParam
		err    error
	)
	if len(n.sparse) > 0 {
		params, err = entity.NewIndexSparseInvertedSearchParam(0)
	} else {
		params, err = entity.NewIndexHNSWSearchParam(n.ef)
	}
	if err != nil {
		return nil, err
	}
	results, err := c.sdk.Search(ctx, name, nil, expr, fields, vectors, n.field, entity.IP, n.k, params, atLevel(level))
	if err != nil {
		return nil, err
	}
	if len(results) > len(vectors) {
		return nil, fmt.Errorf("the server gave %d results for %d vectors", len(results), len(vectors))
	}
	found := make([]hits, len(vectors))
	for i, r := range results {
		// The SDK cannot determine the types of an empty result.
		if r.ResultCount == 0 {
			continue
		}
		if r.Err != nil {
			return nil, fmt.Errorf("read the answer: %w", r.Err)
		}
		found[i] = hits{scores: r.Scores, rows: tableOf(r.Fields)}
	}
	return found, nil
}

func (c conn) insert(ctx context.Context, name string, rows table) error {
	columns, err := columnsOf(rows)
	if err == nil {
		_, err = c.sdk.Insert(ctx, name, "", columns...)
	}
	return err
}

func (c conn) upsert(ctx context.Context, name string, rows table) error {
	columns, err := columnsOf(rows)
	if err == nil {
		_, err = c.sdk.Upsert(ctx, name, "", columns...)
	}
	return err
}

func (c conn) remove(ctx context.Context, name, expr string) error {
	return c.sdk.Delete(ctx, name, "", expr)
}

// tableOf leaves out columns of types that this package does not use.
func tableOf(set client.ResultSet) table {
	t := make(table, 0, len(set))
	for _, c := range set {
		switch c := c.(type) {
		case *entity.ColumnVarChar:
			t = append(t, column{name: c.Name(), kind: textKind, texts: c.Data()})
		case *entity.ColumnInt64:
			t = append(t, column{name: c.Name(), kind: intKind, ints: c.Data()})
		case *entity.ColumnJSONBytes:
			t = append(t, column{name: c.Name(), kind: jsonKind, json: c.Data()})
		case *entity.ColumnFloatVector:
			t = append(t, column{name: c.Name(), kind: vectorKind, vectors: c.Data()})
		}
	}
	return t
}

func columnsOf(t table) ([]entity.Column, error) {
	columns := make([]entity.Column, len(t))
	for i, c := range t {
		switch c.kind {
		case textKind:
			columns[i] = entity.NewColumnVarChar(c.name, c.texts)
		case intKind:
			columns[i] = entity.NewColumnInt64(c.name, c.ints)
		case jsonKind:
			columns[i] = entity.NewColumnJSONBytes(c.name, c.json)
		case vectorKind:
			columns[i] = entity.NewColumnFloatVector(c.name, len(c.vectors[0]), c.vectors)
		case sparseKind:
			embeddings := make([]entity.SparseEmbedding, len(c.sparse))
			for j, v := range c.sparse {
				var err error
				if embeddings[j], err = entity.NewSliceSparseEmbedding(v.positions, v.values); err != nil {
					return nil, err
				}
			}
			columns[i] = entity.NewColumnSparseVectors(c.name, embeddings)
		}
	}
	return columns, nil
}

func embeddingOf(v sparseVector) (entity.Vector, error) {
	s, err := entity.NewSliceSparseEmbedding(v.positions, v.values)
	if err != nil {
		return nil, err
	}
	vector, ok := s.(entity.Vector)
	if !ok {
		return nil, fmt.Errorf("a sparse vector of type %T cannot be searched with", s)
	}
	return vector, nil
}
