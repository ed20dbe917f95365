package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"selfrag/retrieval"
)

// Put stores a document with its passages and their vectors in one transaction,
// in place of the document of the same source. vectors[i] is the vector of
// passages[i]; vectors are scaled to unit length.
//
// Put returns an error and changes nothing for a document without source, id or
// passages, for a passage that is not the span of the document's text at its
// offsets, for a passage id that the collection already has, and for a vector
// of the wrong dimension or without a direction (NaN, infinite, all zeros).
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
	if len(vectors) != len(passages) {
		return fmt.Errorf("it has %d passages but %d vectors", len(passages), len(vectors))
	}
	metadata, err := encodeMetadata(doc.Metadata)
	if err != nil {
		return err
	}
	removed := 0
	err = c.db.write(ctx, func(tx *sql.Tx) error {
		var err error
		if removed, err = c.remove(ctx, tx, doc.Source); err != nil {
			return err
		}
		if err := c.countWrite(ctx, tx, removed > 0); err != nil {
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
		return c.insert(ctx, tx, document, passages, vectors)
	})
	if err == nil {
		c.wrote(ctx, len(passages)+removed)
	}
	return err
}

// wrote counts passages that were written or removed, and brings the runs up to
// date after enough of them. It looks whether they are in the first write, too,
// because other processes may have written. The document is stored by then. So an error, of a
// full disk perhaps, is not the document's: searches work without the runs, and
// a later write tries again.
func (c *Collection) wrote(ctx context.Context, passages int) {
	if c.written.Add(int64(passages)) < int64(c.db.runPassages) {
		return
	}
	t := newTidying(c.id, c.spec.Dimensions, c.db.runPassages)
	if err := c.db.tidy(ctx, t); err != nil {
		t.left = 0
	}
	c.written.Store(int64(t.left))
}

// Remove removes the document with the given source. The error wraps
// ErrUnknownDocument if there is none.
func (c *Collection) Remove(ctx context.Context, source string) error {
	removed := 0
	err := c.db.write(ctx, func(tx *sql.Tx) error {
		var err error
		if removed, err = c.remove(ctx, tx, source); err != nil {
			return err
		}
		if removed == 0 {
			return fmt.Errorf("%w: it is not in collection %q", ErrUnknownDocument, c.name)
		}
		return c.countWrite(ctx, tx, true)
	})
	if err != nil {
		return fmt.Errorf("remove document %s: %w", source, err)
	}
	c.wrote(ctx, removed)
	return nil
}

// remove deletes the document with the given source and returns the number of
// its passages. It is 0 if there is no such document: every document has some.
func (c *Collection) remove(ctx context.Context, tx *sql.Tx, source string) (passages int, err error) {
	document, err := c.numberOf(ctx, tx, source)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	numbers, err := numbersOf(ctx, tx, `SELECT id FROM passages WHERE document = ? ORDER BY id`, document)
	if err != nil {
		return 0, err
	}
	if err := c.recordRemoval(ctx, tx, numbers); err != nil {
		return 0, err
	}
	for _, statement := range []string{
		fmt.Sprintf(`DELETE FROM terms_%d WHERE first IN (SELECT id FROM passages WHERE document = ?)`, c.id),
		fmt.Sprintf(`DELETE FROM vectors_%d WHERE first IN (SELECT id FROM passages WHERE document = ?)`, c.id),
		`DELETE FROM documents WHERE id = ?`, // deletes its passages by cascade
	} {
		if _, err := tx.ExecContext(ctx, statement, document); err != nil {
			return 0, err
		}
	}
	return len(numbers), nil
}

// recordRemoval records that the passages with the given numbers, ascending,
// are being removed from the runs that contain them.
func (c *Collection) recordRemoval(ctx context.Context, tx *sql.Tx, numbers []int64) error {
	var inRuns int64
	err := tx.QueryRowContext(ctx, fmt.Sprintf(`SELECT max(
		coalesce((SELECT max(last) FROM %[1]s WHERE first = (SELECT max(first) FROM %[1]s)), 0),
		coalesce((SELECT max(last) FROM %[2]s WHERE first = (SELECT max(first) FROM %[2]s)), 0))`,
		codesTable(c.id), segmentsTable(c.id))).Scan(&inRuns)
	if err != nil {
		return err
	}
	for i := 0; i < len(numbers) && numbers[i] <= inRuns; {
		n := stretch(numbers[i:])
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`INSERT INTO removed_%d (first, passages) VALUES (?, ?)`, c.id), numbers[i], n)
		if err != nil {
			return err
		}
		i += n
	}
	return nil
}

// countWrite counts the write, so that searches notice that their index in
// memory is out of date.
func (c *Collection) countWrite(ctx context.Context, tx *sql.Tx, removed bool) error {
	if err := c.current(ctx, tx); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx,
		`UPDATE collections SET version = version + 1, removals = removals + ? WHERE id = ?`, removed, c.id)
	return err
}

// insert adds the passages of a document block by block: the terms of all of
// them would take many times the memory of the text.
func (c *Collection) insert(ctx context.Context, tx *sql.Tx, document int64, passages []retrieval.Passage, vectors [][]float32) error {
	statement, err := tx.PrepareContext(ctx, `INSERT INTO passages
		(collection, document, name, title, text, start, "end", metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (collection, name) DO NOTHING`)
	if err != nil {
		return err
	}
	defer statement.Close()
	for from := 0; from < len(passages); from += blockPassages {
		to := min(from+blockPassages, len(passages))
		if err := c.insertBlock(ctx, tx, statement, document, passages[from:to], vectors[from:to]); err != nil {
			return err
		}
	}
	return nil
}

// insertBlock adds neighbouring passages, of which the statement adds one.
func (c *Collection) insertBlock(ctx context.Context, tx *sql.Tx, statement *sql.Stmt, document int64, passages []retrieval.Passage, vectors [][]float32) error {
	var b block
	for i, p := range passages {
		unit, err := retrieval.UnitVector(vectors[i], c.spec.Dimensions)
		if err != nil {
			return fmt.Errorf("vector of passage %s: %w", p.ID, err)
		}
		metadata, err := encodeMetadata(p.Metadata)
		if err != nil {
			return fmt.Errorf("passage %s: %w", p.ID, err)
		}
		res, err := statement.ExecContext(ctx, c.id, document, p.ID, p.Title, p.Text, p.Start, p.End, metadata)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return fmt.Errorf("the collection has a passage with id %q already", p.ID)
		}
		if i == 0 {
			if b.first, err = res.LastInsertId(); err != nil {
				return err
			}
		}
		b.add(p.Searchable(), appendEncoded(nil, unit))
	}
	if err := b.write(ctx, tx, c.id); err != nil {
		return fmt.Errorf("index the passages: %w", err)
	}
	return nil
}
