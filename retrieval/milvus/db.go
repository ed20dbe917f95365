package milvus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/milvus-io/milvus-sdk-go/v2/entity"

	"selfrag/retrieval"
)

// The kinds of rows among the records.
const (
	kindCollection = "collection"
	kindDocument   = "document"
	kindText       = "text"
)

// DB is a Milvus server with one tenant's collections.
type DB struct {
	server *server
	scope  scope
	owner  bool // of the connection

	shared *shared
}

// shared is what the views of one connection have in common.
type shared struct {
	mu      sync.Mutex
	records bool // the records can be searched
}

// Open connects to the server. The error is a *retrieval.UnreachableError when
// none answers within Config.DialTimeout.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("open Milvus: %w", err)
	}
	if err := checkTenant(cfg.Tenant); err != nil {
		return nil, fmt.Errorf("open Milvus: %w", err)
	}
	s, err := dial(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open Milvus: %w", err)
	}
	return &DB{server: s, scope: scopeOf(cfg.Tenant), owner: true, shared: &shared{}}, nil
}

// Tenant returns a view of the server that sees and changes the rows of that
// tenant alone. It ends with the DB that it was made from.
func (db *DB) Tenant(name string) (*DB, error) {
	if err := checkTenant(name); err != nil {
		return nil, err
	}
	return &DB{server: db.server, scope: scopeOf(name), shared: db.shared}, nil
}

func checkTenant(name string) error {
	if len(name) > 1024 || !utf8.ValidString(name) {
		return fmt.Errorf("%.40q is no name for a tenant: use at most 1,024 bytes of UTF-8", name)
	}
	return nil
}

// Close ends the connection. Closing a tenant's view does nothing.
func (db *DB) Close() error {
	if !db.owner {
		return nil
	}
	if err := db.server.client.Close(); err != nil {
		return fmt.Errorf("close Milvus: %w", err)
	}
	return nil
}

// Version is the server's, such as "v2.4.10".
func (db *DB) Version() string { return db.server.version }

// HasLexical tells whether the server can search lexically.
func (db *DB) HasLexical() bool { return db.server.sparse }

// Create returns the collection of that name, and makes it if there is none.
// Names and embedders are as in retrieval.CheckName and CheckSpec; an embedder
// of 0 dimensions makes a collection for lexical search alone. The error is a
// *retrieval.EmbedderMismatchError when the collection was made for another
// embedder.
func (db *DB) Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (*Collection, error) {
	spec.Metric = cmp.Or(spec.Metric, "cosine")
	if err := errors.Join(retrieval.CheckName(name), retrieval.CheckSpec(spec)); err != nil {
		return nil, fmt.Errorf("create collection: %w", err)
	}
	c, err := db.create(ctx, name, spec)
	if err != nil {
		return nil, fmt.Errorf("create collection %q: %w", name, err)
	}
	if !c.spec.Same(spec) {
		return nil, &retrieval.EmbedderMismatchError{Collection: name, Have: c.spec, Want: spec}
	}
	return c, nil
}

func (db *DB) create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (*Collection, error) {
	if err := db.provideRecords(ctx); err != nil {
		return nil, err
	}
	have, err := db.find(ctx, name)
	if err != nil {
		return nil, err
	}
	if have != nil {
		spec = have.spec
	} else {
		// They are gone when the server was emptied since.
		if err := db.provideRecords(ctx); err != nil {
			return nil, err
		}
		if err := db.record(ctx, name, spec); err != nil {
			return nil, err
		}
	}
	c := db.collection(name, spec)
	if err := db.server.provide(ctx, passagesSchema(c.passages, spec, db.server.sparse)); err != nil {
		return nil, err
	}
	return c, c.catchUp(ctx)
}

// Collection returns the collection of that name. The error wraps
// retrieval.ErrUnknownCollection, and names those that exist, when there is
// none.
func (db *DB) Collection(ctx context.Context, name string) (*Collection, error) {
	c, err := db.open(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("collection %q: %w", name, err)
	}
	return c, nil
}

func (db *DB) open(ctx context.Context, name string) (*Collection, error) {
	found, err := db.find(ctx, name)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, db.unknown(ctx)
	}
	c := db.collection(name, found.spec)
	if err := db.server.check(ctx, passagesSchema(c.passages, found.spec, db.server.sparse)); err != nil {
		if !errors.Is(err, retrieval.ErrUnknownCollection) {
			return nil, err
		}
		// Its maker was killed before it could make this.
		if err := db.server.provide(ctx, passagesSchema(c.passages, found.spec, db.server.sparse)); err != nil {
			return nil, err
		}
	} else if err := db.server.load(ctx, c.passages); err != nil {
		return nil, err
	}
	return c, c.catchUp(ctx)
}

// Collections describes all collections, in the order of their names.
func (db *DB) Collections(ctx context.Context) ([]retrieval.CollectionInfo, error) {
	infos, err := db.list(ctx)
	if err != nil {
		return nil, fmt.Errorf("list collections: %w", err)
	}
	return infos, nil
}

// Delete removes the collection of that name with all its documents. The
// error wraps retrieval.ErrUnknownCollection when there is none.
func (db *DB) Delete(ctx context.Context, name string) error {
	if err := db.delete(ctx, name); err != nil {
		return fmt.Errorf("delete collection %q: %w", name, err)
	}
	return nil
}

// delete removes this tenant's rows. The Milvus collection of the passages
// stays, for other tenants have theirs in it.
func (db *DB) delete(ctx context.Context, name string) error {
	found, err := db.find(ctx, name)
	if err != nil {
		return err
	}
	if found == nil {
		return db.unknown(ctx)
	}
	c := db.collection(name, found.spec)
	records := db.records()
	if err := db.server.remove(ctx, records, []rowID{c.record()}); err != nil {
		return err
	}
	// From here on it is gone for everyone; the rest is tidying.
	if err := c.clear(ctx); err != nil {
		return err
	}
	rows, err := db.server.query(ctx, records, db.scope.rows(fieldCollection, c.key), entity.ClStrong, fieldID)
	if err != nil {
		return err
	}
	return db.server.remove(ctx, records, rows.ids())
}

func (db *DB) records() string { return db.server.cfg.Prefix + "_records" }

// provideRecords makes the records unless they are there.
func (db *DB) provideRecords(ctx context.Context) error {
	db.shared.mu.Lock()
	defer db.shared.mu.Unlock()
	if db.shared.records {
		return nil
	}
	if err := db.server.provide(ctx, recordsSchema(db.records())); err != nil {
		return err
	}
	db.shared.records = true
	return nil
}

// haveRecords tells whether there are records; if so they can be searched.
func (db *DB) haveRecords(ctx context.Context) (bool, error) {
	db.shared.mu.Lock()
	ready := db.shared.records
	db.shared.mu.Unlock()
	if ready {
		return true, nil
	}
	if has, err := db.server.client.HasCollection(ctx, db.records()); err != nil || !has {
		return false, err
	}
	return true, db.provideRecords(ctx)
}

// found is a collection's row.
type found struct {
	spec    retrieval.EmbedderSpec
	name    string
	key     string
	created string
}

// find looks a collection up; nil when there is none.
func (db *DB) find(ctx context.Context, name string) (*found, error) {
	all, err := db.findAll(ctx, db.scope.these([]rowID{db.collection(name, retrieval.EmbedderSpec{}).record()}))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

func (db *DB) findAll(ctx context.Context, w where) ([]found, error) {
	has, err := db.haveRecords(ctx)
	if err != nil || !has {
		return nil, err
	}
	rows, err := db.server.query(ctx, db.records(), w, entity.ClStrong, fieldName, fieldText, fieldCollection, fieldTitle)
	if errors.Is(err, retrieval.ErrUnknownCollection) {
		db.shared.mu.Lock()
		db.shared.records = false
		db.shared.mu.Unlock()
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names, specs, keys, created := rows.texts(fieldName), rows.texts(fieldText), rows.texts(fieldCollection), rows.texts(fieldTitle)
	all := make([]found, len(names))
	for i := range all {
		all[i] = found{name: names[i], key: keys[i], created: created[i]}
		if err := json.Unmarshal([]byte(specs[i]), &all[i].spec); err != nil {
			return nil, fmt.Errorf("read the embedder of collection %q: %w", names[i], err)
		}
	}
	slices.SortFunc(all, func(a, b found) int { return strings.Compare(a.name, b.name) })
	return all, nil
}

// record writes a collection's row.
func (db *DB) record(ctx context.Context, name string, spec retrieval.EmbedderSpec) error {
	embedder, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	c := db.collection(name, spec)
	return db.writeRecords(ctx, record{
		id: c.record(), kind: kindCollection, collection: c.key, name: name,
		text: string(embedder), title: time.Now().UTC().Format(time.RFC3339),
	})
}

func (db *DB) list(ctx context.Context) ([]retrieval.CollectionInfo, error) {
	all, err := db.findAll(ctx, db.scope.rows(fieldKind, kindCollection))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	rows, err := db.server.query(ctx, db.records(), db.scope.rows(fieldKind, kindDocument), entity.ClStrong, fieldCollection, fieldPassages)
	if err != nil {
		return nil, err
	}
	documents, passages := map[string]int{}, map[string]int{}
	counts := rows.ints(fieldPassages)
	for i, k := range rows.texts(fieldCollection) {
		documents[k]++
		passages[k] += int(counts[i])
	}
	infos := make([]retrieval.CollectionInfo, len(all))
	for i, f := range all {
		infos[i] = retrieval.CollectionInfo{
			Name: f.name, Embedder: f.spec, Created: f.created, Documents: documents[f.key], Passages: passages[f.key],
		}
	}
	return infos, nil
}

// unknown says that a collection does not exist and which do.
func (db *DB) unknown(ctx context.Context) error {
	all, err := db.findAll(ctx, db.scope.rows(fieldKind, kindCollection))
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("%w: there is none yet; ingest documents first", retrieval.ErrUnknownCollection)
	}
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.name
	}
	return fmt.Errorf("%w: there are %s", retrieval.ErrUnknownCollection, strings.Join(names, ", "))
}
