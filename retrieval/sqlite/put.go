package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"selfrag/retrieval"
)

// Put stores a document with its passages and their vectors, vectors[i] being
// that of passages[i], in one transaction. It takes the place of the document
// of the same source. Vectors are scaled to unit length.
//
// It refuses, and then changes nothing, a document without source, id or
// passages, a passage that is not the span of the document's text that its
// offsets say, a passage id that the collection has already, and a vector of
// the wrong dimension or without a direction (NaN, infinite, all zeros).
func (c *Collection) Put(ctx context.Context, doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) error {
	if err := c.put(ctx, doc, passages, vectors); err != nil {
		return fmt.Errorf("store document %s: %w", doc.Source, err)
	}
	return nil
}

func (c *Collection) put(ctx context.Context, doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) error {
	if err := retrieval.CheckDocument(doc, passages); err != nil {
		return err
	}
	// Everything that does not need the file is done before it is locked.
	prepared, err := c.prepare(passages, vectors)
	if err != nil {
		return err
	}
	metadata, err := encodeMetadata(doc.Metadata)
	if err != nil {
		return err
	}
	return c.db.write(ctx, func(tx *sql.Tx) error {
		removed, err := c.remove(ctx, tx, doc.Source)
		if err != nil {
			return err
		}
		if err := c.countWrite(ctx, tx, removed); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx,
			`INSERT INTO documents (collection, source, hash, title, text, metadata) VALUES (?, ?, ?, ?, ?, ?)`,
			c.id, doc.Source, doc.ID, doc.Title, doc.Text, metadata)
		if err != nil {
			return err
		}
		document, err := res.LastInsertId()
		if err != nil {
			return err
		}
		return c.insert(ctx, tx, document, prepared)
	})
}

// Remove takes the document of that source out of the collection. The error
// wraps ErrUnknownDocument when there is none.
func (c *Collection) Remove(ctx context.Context, source string) error {
	err := c.db.write(ctx, func(tx *sql.Tx) error {
		removed, err := c.remove(ctx, tx, source)
		if err != nil {
			return err
		}
		if !removed {
			return fmt.Errorf("%w: it is not in collection %q", ErrUnknownDocument, c.name)
		}
		return c.countWrite(ctx, tx, true)
	})
	if err != nil {
		return fmt.Errorf("remove document %s: %w", source, err)
	}
	return nil
}

// remove deletes the document of that source, if there is one, and tells
// whether there was.
func (c *Collection) remove(ctx context.Context, tx *sql.Tx, source string) (bool, error) {
	var document int64
	err := tx.QueryRowContext(ctx,
		`SELECT id FROM documents WHERE collection = ? AND source = ?`, c.id, source).Scan(&document)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, statement := range []string{
		fmt.Sprintf(`DELETE FROM terms_%d WHERE rowid IN (SELECT id FROM passages WHERE document = ?)`, c.id),
		fmt.Sprintf(`DELETE FROM vectors_%d WHERE passage IN (SELECT id FROM passages WHERE document = ?)`, c.id),
		`DELETE FROM documents WHERE id = ?`, // and its passages, by cascade
	} {
		if _, err := tx.ExecContext(ctx, statement, document); err != nil {
			return false, err
		}
	}
	return true, nil
}

// countWrite makes the write known to searches that hold the vectors in
// memory.
func (c *Collection) countWrite(ctx context.Context, tx *sql.Tx, removed bool) error {
	res, err := tx.ExecContext(ctx,
		`UPDATE collections SET version = version + 1, removals = removals + ? WHERE id = ?`, removed, c.id)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return fmt.Errorf("collection %q was deleted: %w", c.name, retrieval.ErrUnknownCollection)
	}
	return nil
}

// row is a passage as its tables take it.
type row struct {
	retrieval.Passage
	metadata string
	terms    string
	vector   []byte
}

func (c *Collection) prepare(passages []retrieval.Passage, vectors [][]float32) ([]row, error) {
	if len(vectors) != len(passages) {
		return nil, fmt.Errorf("it has %d passages but %d vectors", len(passages), len(vectors))
	}
	rows := make([]row, len(passages))
	for i, p := range passages {
		unit, err := retrieval.UnitVector(vectors[i], c.spec.Dimensions)
		if err != nil {
			return nil, fmt.Errorf("vector of passage %s: %w", p.ID, err)
		}
		metadata, err := encodeMetadata(p.Metadata)
		if err != nil {
			return nil, fmt.Errorf("passage %s: %w", p.ID, err)
		}
		rows[i] = row{p, metadata, indexed(p.Searchable()), encode(unit)}
	}
	return rows, nil
}

func (c *Collection) insert(ctx context.Context, tx *sql.Tx, document int64, rows []row) error {
	passage, err := tx.PrepareContext(ctx, `INSERT INTO passages
		(collection, document, name, title, text, start, "end", metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (collection, name) DO NOTHING`)
	if err != nil {
		return err
	}
	defer passage.Close()
	terms, err := tx.PrepareContext(ctx, fmt.Sprintf(`INSERT INTO terms_%d (rowid, terms) VALUES (?, ?)`, c.id))
	if err != nil {
		return err
	}
	defer terms.Close()
	vector, err := tx.PrepareContext(ctx, fmt.Sprintf(`INSERT INTO vectors_%d (passage, vector) VALUES (?, ?)`, c.id))
	if err != nil {
		return err
	}
	defer vector.Close()
	for _, r := range rows {
		res, err := passage.ExecContext(ctx, c.id, document, r.ID, r.Title, r.Text, r.Start, r.End, r.metadata)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return fmt.Errorf("the collection has a passage with id %q already", r.ID)
		}
		id, err := res.LastInsertId()
		if err != nil {
			return err
		}
		if _, err := terms.ExecContext(ctx, id, r.terms); err != nil {
			return err
		}
		if c.spec.Dimensions == 0 {
			continue
		}
		if _, err := vector.ExecContext(ctx, id, r.vector); err != nil {
			return err
		}
	}
	return nil
}
