package milvus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/milvus-io/milvus-sdk-go/v2/entity"

	"selfrag/retrieval"
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
		return fmt.Errorf("%.40q is not a valid tenant name: use at most 1,024 bytes of UTF-8", name)
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
	if have == nil {
		// They are gone when the server was emptied since.
		if err := db.provideRecords(ctx); err != nil {
			return nil, err
		}
		have = &found{spec: spec, name: name, created: time.Now().UTC().Format(time.RFC3339)}
		if err := db.record(ctx, *have, kindCollection); err != nil {
			return nil, err
		}
	}
	c := db.collection(name, *have)
	if err := db.server.provide(ctx, passagesSchema(c.passages, c.spec, db.server.sparse)); err != nil {
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
	c := db.collection(name, *found)
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
	records := db.records()
	if err := db.server.remove(ctx, records, db.recordsOf(name)); err != nil {
		return err
	}
	// From here on it is gone for everyone; the rest is tidying.
	c := db.collection(name, *found)
	if err := c.clear(ctx); err != nil {
		return err
	}
	if found.other != nil {
		if err := db.collection(name, *found.other).clear(ctx); err != nil {
			return err
		}
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
