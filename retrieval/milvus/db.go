package milvus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"selfrag/retrieval"
)

// DB holds the collections of one tenant on a Milvus server.
type DB struct {
	server *server
	scope  scope
	owner  bool // this DB owns the connection

	shared *shared
}

// shared is the common state of all views of a connection.
type shared struct {
	mu      sync.Mutex
	records bool // the records collection is ready for searches
}

// Open connects to the server. The error is a *retrieval.UnreachableError if no
// server answers within Config.DialTimeout.
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

// Tenant returns a view of the server that sees and changes only the rows of
// the given tenant. It becomes invalid when the DB that it was made from is
// closed.
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

// Close closes the connection. For a view of Tenant it does nothing.
func (db *DB) Close() error {
	if !db.owner {
		return nil
	}
	if err := db.server.conn.close(); err != nil {
		return fmt.Errorf("close Milvus: %w", err)
	}
	return nil
}

// Version returns the server's version, such as "v2.4.10".
func (db *DB) Version() string { return db.server.version }

// HasLexical reports whether the server can search lexically.
func (db *DB) HasLexical() bool { return db.server.sparse }

// Create returns the collection with the given name. It creates the collection
// if there is none. retrieval.CheckName and CheckSpec say which names and
// embedders are valid. An embedder of 0 dimensions makes a collection for
// lexical search only. The error is a *retrieval.EmbedderMismatchError if the
// collection was made for another embedder.
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
		// The records are missing if the server was emptied in the meantime.
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

// Collection returns the collection with the given name. If there is none, the
// error wraps retrieval.ErrUnknownCollection and lists the existing
// collections.
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
		// The process that created the collection was killed before this step.
		if err := db.server.provide(ctx, passagesSchema(c.passages, found.spec, db.server.sparse)); err != nil {
			return nil, err
		}
	} else if err := db.server.load(ctx, c.passages); err != nil {
		return nil, err
	}
	return c, c.catchUp(ctx)
}

// Collections describes all collections, ordered by name.
func (db *DB) Collections(ctx context.Context) ([]retrieval.CollectionInfo, error) {
	infos, err := db.list(ctx)
	if err != nil {
		return nil, fmt.Errorf("list collections: %w", err)
	}
	return infos, nil
}

// Delete removes the collection with the given name and all its documents. The
// error wraps retrieval.ErrUnknownCollection if there is none.
func (db *DB) Delete(ctx context.Context, name string) error {
	if err := db.delete(ctx, name); err != nil {
		return fmt.Errorf("delete collection %q: %w", name, err)
	}
	return nil
}

// delete removes this tenant's rows. The Milvus collection of the passages
// stays, because other tenants have their passages in it.
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
	// From here on nobody can see the collection; the rest is tidying up.
	c := db.collection(name, *found)
	if err := c.clear(ctx); err != nil {
		return err
	}
	if found.other != nil {
		if err := db.collection(name, *found.other).clear(ctx); err != nil {
			return err
		}
	}
	rows, err := db.server.query(ctx, records, db.scope.rows(fieldCollection, c.key), strong, fieldID)
	if err != nil {
		return err
	}
	return db.server.remove(ctx, records, rows.ids())
}

func (db *DB) records() string { return db.server.cfg.Prefix + "_records" }

// provideRecords creates the records collection unless it exists.
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

// haveRecords reports whether the records collection exists. If it does, it is
// ready for searches.
func (db *DB) haveRecords(ctx context.Context) (bool, error) {
	db.shared.mu.Lock()
	ready := db.shared.records
	db.shared.mu.Unlock()
	if ready {
		return true, nil
	}
	if has, err := db.server.conn.has(ctx, db.records()); err != nil || !has {
		return false, err
	}
	return true, db.provideRecords(ctx)
}
