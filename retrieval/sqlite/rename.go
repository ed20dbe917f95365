package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"selfrag/retrieval"
)

// Rename gives the document with the source from the source to, in one
// transaction. Its text and vectors stay. Its passages get the ids of
// retrieval.RenamedPassage. The error wraps ErrUnknownDocument if there is no
// document from, and retrieval.ErrTaken if there is a document to.
func (c *Collection) Rename(ctx context.Context, from, to string) error {
	err := retrieval.CheckRename(from, to)
	if err == nil {
		err = c.db.write(ctx, func(tx *sql.Tx) error { return c.rename(ctx, tx, from, to) })
	}
	if err != nil {
		return fmt.Errorf("rename document %s: %w", from, err)
	}
	return nil
}

func (c *Collection) rename(ctx context.Context, tx *sql.Tx, from, to string) error {
	document, err := c.numberOf(ctx, tx, from)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: it is not in collection %q", ErrUnknownDocument, c.name)
	}
	if err != nil {
		return err
	}
	switch _, err := c.numberOf(ctx, tx, to); {
	case err == nil:
		return fmt.Errorf("%w: there is a document %s", retrieval.ErrTaken, to)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE documents SET source = ? WHERE id = ?`, to, document); err != nil {
		return err
	}
	ids, err := passageIDs(ctx, tx, document)
	if err != nil {
		return err
	}
	for number, id := range ids {
		if _, err := tx.ExecContext(ctx, `UPDATE passages SET name = ? WHERE id = ?`, retrieval.RenamedPassage(id, to), number); err != nil {
			return err
		}
	}
	// It counts as a removal, because a kept filter may have looked at the old
	// source.
	return c.countWrite(ctx, tx, true)
}

// numberOf returns the number of the document with the given source. The error
// is sql.ErrNoRows if there is none.
func (c *Collection) numberOf(ctx context.Context, tx *sql.Tx, source string) (number int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT id FROM documents WHERE collection = ? AND source = ?`, c.id, source).Scan(&number)
	return number, err
}

// passageIDs returns the ids of a document's passages by their numbers.
func passageIDs(ctx context.Context, tx *sql.Tx, document int64) (map[int64]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, name FROM passages WHERE document = ?`, document)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := map[int64]string{}
	for rows.Next() {
		var number int64
		var id string
		if err := rows.Scan(&number, &id); err != nil {
			return nil, err
		}
		ids[number] = id
	}
	return ids, rows.Err()
}

// Rename gives the collection with the name from the name to. The error wraps
// retrieval.ErrUnknownCollection if there is no collection from, and
// retrieval.ErrTaken if there is a collection to.
func (db *DB) Rename(ctx context.Context, from, to string) error {
	err := retrieval.CheckName(to)
	var row collectionRow
	if err == nil {
		err = db.write(ctx, func(tx *sql.Tx) (err error) {
			row, err = db.catalogue(tx).rename(ctx, from, to)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("rename collection %q: %w", from, err)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	delete(db.open, row.id) // the open Collection has the old name
	return nil
}

func (c catalogue) rename(ctx context.Context, from, to string) (collectionRow, error) {
	row, err := c.find(ctx, from)
	if errors.Is(err, sql.ErrNoRows) {
		return row, c.unknown(ctx)
	}
	if err != nil {
		return row, err
	}
	switch _, err := c.find(ctx, to); {
	case err == nil:
		return row, fmt.Errorf("%w: there is a collection %q", retrieval.ErrTaken, to)
	case !errors.Is(err, sql.ErrNoRows):
		return row, err
	}
	_, err = c.tx.ExecContext(ctx, `UPDATE collections SET name = ? WHERE id = ? AND tenant = ?`, to, row.id, c.tenant)
	return row, err
}
