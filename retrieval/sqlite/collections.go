package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"selfrag/retrieval"
)

// Create returns the collection of that name, and makes it if there is none.
// A name has 1 to 64 letters (of any script), digits, hyphens, underscores and
// dots. An embedder of 0 dimensions makes a collection without vectors, for
// lexical search alone: then Put takes empty vectors. The error is a
// *retrieval.EmbedderMismatchError when the collection exists and was made for
// another embedder.
func (db *DB) Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (*Collection, error) {
	spec.Metric = cmp.Or(spec.Metric, "cosine")
	if err := errors.Join(retrieval.CheckName(name), retrieval.CheckSpec(spec)); err != nil {
		return nil, fmt.Errorf("create collection: %w", err)
	}
	var id int64
	var have retrieval.EmbedderSpec
	err := db.write(ctx, func(tx *sql.Tx) (err error) {
		mine := db.catalogue(tx)
		id, have, err = mine.find(ctx, name)
		if errors.Is(err, sql.ErrNoRows) {
			have = spec
			id, err = mine.insert(ctx, name, spec)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("create collection %q: %w", name, err)
	}
	if !have.Same(spec) {
		return nil, &retrieval.EmbedderMismatchError{Collection: name, Have: have, Want: spec}
	}
	return db.collection(id, name, have), nil
}

// Collection returns the collection of that name. The error wraps
// retrieval.ErrUnknownCollection, and names those that exist, when there is
// none.
func (db *DB) Collection(ctx context.Context, name string) (*Collection, error) {
	var id int64
	var spec retrieval.EmbedderSpec
	err := db.read(ctx, func(tx *sql.Tx) (err error) {
		mine := db.catalogue(tx)
		if id, spec, err = mine.find(ctx, name); errors.Is(err, sql.ErrNoRows) {
			return mine.unknown(ctx)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("collection %q: %w", name, err)
	}
	return db.collection(id, name, spec), nil
}

// Collections describes the tenant's collections, in the order of their names.
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

// Delete removes the collection of that name with all its documents. The
// error wraps retrieval.ErrUnknownCollection when there is none.
func (db *DB) Delete(ctx context.Context, name string) error {
	var id int64
	err := db.write(ctx, func(tx *sql.Tx) (err error) {
		mine := db.catalogue(tx)
		if id, _, err = mine.find(ctx, name); errors.Is(err, sql.ErrNoRows) {
			return mine.unknown(ctx)
		} else if err != nil {
			return err
		}
		return mine.remove(ctx, id)
	})
	if err != nil {
		return fmt.Errorf("delete collection %q: %w", name, err)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	delete(db.open, id)
	return nil
}

// collection returns the one Collection of a row.
func (db *DB) collection(id int64, name string, spec retrieval.EmbedderSpec) *Collection {
	db.mu.Lock()
	defer db.mu.Unlock()
	c, ok := db.open[id]
	if !ok {
		c = &Collection{
			db: db, id: id, name: name, spec: spec,
			vectors: newSnapshots[*vectors](id), lexicon: newSnapshots[*lexicon](id), filtered: newFilterCache(),
		}
		db.open[id] = c
	}
	return c
}
