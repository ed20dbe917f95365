package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"selfrag/retrieval"
)

// Create returns the collection with the given name. It creates the collection
// if there is none. A name has 1 to 64 letters (of any script), digits,
// hyphens, underscores and dots. An embedder of 0 dimensions makes a collection
// without vectors, for lexical search only; Put then takes empty vectors. The
// error is a *retrieval.EmbedderMismatchError if the collection exists and was
// made for another embedder.
func (db *DB) Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (*Collection, error) {
	spec.Metric = cmp.Or(spec.Metric, "cosine")
	if err := errors.Join(retrieval.CheckName(name), retrieval.CheckSpec(spec)); err != nil {
		return nil, fmt.Errorf("create collection: %w", err)
	}
	var row collectionRow
	err := db.write(ctx, func(tx *sql.Tx) (err error) {
		mine := db.catalogue(tx)
		row, err = mine.find(ctx, name)
		if errors.Is(err, sql.ErrNoRows) {
			row.spec = spec
			row.id, err = mine.insert(ctx, name, spec)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("create collection %q: %w", name, err)
	}
	if !row.spec.Same(spec) {
		return nil, &retrieval.EmbedderMismatchError{Collection: name, Have: row.spec, Want: spec}
	}
	return db.collection(row, name), nil
}

// Collection returns the collection with the given name. If there is none, the
// error wraps retrieval.ErrUnknownCollection and lists the existing
// collections.
func (db *DB) Collection(ctx context.Context, name string) (*Collection, error) {
	var row collectionRow
	err := db.read(ctx, func(tx *sql.Tx) (err error) {
		mine := db.catalogue(tx)
		if row, err = mine.find(ctx, name); errors.Is(err, sql.ErrNoRows) {
			return mine.unknown(ctx)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("collection %q: %w", name, err)
	}
	return db.collection(row, name), nil
}

// Collections describes the tenant's collections, ordered by name.
func (db *DB) Collections(ctx context.Context) ([]retrieval.CollectionInfo, error) {
	var infos []retrieval.CollectionInfo
	err := db.read(ctx, func(tx *sql.Tx) (err error) {
		infos, err = db.catalogue(tx).describe(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list collections: %w", err)
	}
	return infos, nil
}

// Delete removes the collection with the given name and all its documents. The
// error wraps retrieval.ErrUnknownCollection if there is none.
func (db *DB) Delete(ctx context.Context, name string) error {
	var row collectionRow
	err := db.write(ctx, func(tx *sql.Tx) (err error) {
		mine := db.catalogue(tx)
		if row, err = mine.find(ctx, name); errors.Is(err, sql.ErrNoRows) {
			return mine.unknown(ctx)
		} else if err != nil {
			return err
		}
		return mine.remove(ctx, row.id)
	})
	if err != nil {
		return fmt.Errorf("delete collection %q: %w", name, err)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	delete(db.open, row.id)
	return nil
}

// collection returns the shared Collection for a row.
func (db *DB) collection(row collectionRow, name string) *Collection {
	db.mu.Lock()
	defer db.mu.Unlock()
	c, ok := db.open[row.id]
	if !ok || c.generation != row.generation {
		c = &Collection{
			db: db, id: row.id, generation: row.generation, name: name, spec: row.spec,
			vectors: newSnapshots[*vectors](row.id), lexicon: newSnapshots[*lexicon](row.id), filtered: newFilterCache(),
		}
		c.written.Store(int64(db.runPassages)) // so that the first write looks
		db.open[row.id] = c
	}
	return c
}
