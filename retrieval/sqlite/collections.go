package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

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
		id, have, err = find(ctx, tx, name)
		if errors.Is(err, sql.ErrNoRows) {
			have = spec
			id, err = insertCollection(ctx, tx, name, spec)
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
		if id, spec, err = find(ctx, tx, name); errors.Is(err, sql.ErrNoRows) {
			return unknown(ctx, tx)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("collection %q: %w", name, err)
	}
	return db.collection(id, name, spec), nil
}

// Collections describes all collections, in the order of their names.
func (db *DB) Collections(ctx context.Context) ([]retrieval.CollectionInfo, error) {
	var infos []retrieval.CollectionInfo
	err := db.read(ctx, func(tx *sql.Tx) (err error) {
		infos, err = describe(ctx, tx, "true")
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
		if id, _, err = find(ctx, tx, name); errors.Is(err, sql.ErrNoRows) {
			return unknown(ctx, tx)
		} else if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf(`
			DROP TABLE terms_%[1]d;
			DROP TABLE vectors_%[1]d;
			DELETE FROM collections WHERE id = %[1]d`, id))
		return err
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
		c = &Collection{db: db, id: id, name: name, spec: spec, vectors: newVectorCache(id, spec.Dimensions)}
		db.open[id] = c
	}
	return c
}

// find looks a collection up; the error is sql.ErrNoRows when there is none.
func find(ctx context.Context, tx *sql.Tx, name string) (id int64, spec retrieval.EmbedderSpec, err error) {
	var embedder string
	err = tx.QueryRowContext(ctx, `SELECT id, embedder FROM collections WHERE name = ?`, name).Scan(&id, &embedder)
	if err != nil {
		return 0, spec, err
	}
	return id, spec, json.Unmarshal([]byte(embedder), &spec)
}

func insertCollection(ctx context.Context, tx *sql.Tx, name string, spec retrieval.EmbedderSpec) (int64, error) {
	embedder, err := json.Marshal(spec)
	if err != nil {
		return 0, err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO collections (name, embedder, created) VALUES (?, ?, ?)`,
		name, string(embedder), time.Now().UTC().Format(time.RFC3339))
	if err != nil {
		return 0, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf(collectionTables, id))
	return id, err
}

// describe reads what people are shown of the collections that meet a
// condition.
func describe(ctx context.Context, tx *sql.Tx, condition string, args ...any) ([]retrieval.CollectionInfo, error) {
	rows, err := tx.QueryContext(ctx, `SELECT name, embedder, created,
		(SELECT count(*) FROM documents WHERE collection = c.id),
		(SELECT count(*) FROM passages WHERE collection = c.id)
		FROM collections c WHERE `+condition+` ORDER BY name`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var infos []retrieval.CollectionInfo
	for rows.Next() {
		var info retrieval.CollectionInfo
		var embedder string
		if err := rows.Scan(&info.Name, &embedder, &info.Created, &info.Documents, &info.Passages); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(embedder), &info.Embedder); err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return infos, rows.Err()
}

// unknown says that a collection does not exist and which do.
func unknown(ctx context.Context, tx *sql.Tx) error {
	infos, err := describe(ctx, tx, "true")
	if err != nil {
		return err
	}
	if len(infos) == 0 {
		return fmt.Errorf("%w: there is none yet; ingest documents first", retrieval.ErrUnknownCollection)
	}
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i] = info.Name
	}
	return fmt.Errorf("%w: there are %s", retrieval.ErrUnknownCollection, strings.Join(names, ", "))
}
