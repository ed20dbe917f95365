package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"selfrag/retrieval"
)

var _ retrieval.PartReader = (*Collection)(nil)

// Passages implements retrieval.PartReader.
func (c *Collection) Passages(ctx context.Context, part retrieval.Part) ([]retrieval.Passage, error) {
	if err := retrieval.CheckFilter(part.Filter); err != nil {
		return nil, fmt.Errorf("read document %s: %w", part.Source, err)
	}
	var passages []retrieval.Passage
	err := c.db.read(ctx, func(tx *sql.Tx) error {
		if err := c.current(ctx, tx); err != nil {
			return err
		}
		var number int64
		var id string
		err := tx.QueryRowContext(ctx, `SELECT id, hash FROM documents WHERE collection = ? AND source = ?`, c.id, part.Source).Scan(&number, &id)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("%w: it is not in collection %q", ErrUnknownDocument, c.name)
		case err != nil:
			return err
		case part.Document != "" && part.Document != id:
			return fmt.Errorf("%w: it has changed since: search again", ErrUnknownDocument)
		}
		passages, err = c.part(ctx, tx, number, id, part)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read document %s: %w", part.Source, err)
	}
	return passages, nil
}

// part reads the passages of the document with the given number.
func (c *Collection) part(ctx context.Context, tx *sql.Tx, number int64, id string, part retrieval.Part) ([]retrieval.Passage, error) {
	if part.K < 1 {
		return nil, nil
	}
	to := int64(math.MaxInt64)
	if part.To > 0 {
		to = int64(part.To)
	}
	rows, err := tx.QueryContext(ctx, `SELECT name, title, text, start, "end", metadata FROM passages
		WHERE document = ? AND collection = ? AND "end" > ? AND start < ? ORDER BY start, "end", name`, number, c.id, part.From, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var passages []retrieval.Passage
	for len(passages) < part.K && rows.Next() {
		p := retrieval.Passage{Document: id, Source: part.Source}
		var metadata string
		if err := rows.Scan(&p.ID, &p.Title, &p.Text, &p.Start, &p.End, &metadata); err != nil {
			return nil, err
		}
		if p.Metadata, err = decodeMetadata(metadata); err != nil {
			return nil, err
		}
		if part.Holds(p) {
			passages = append(passages, p)
		}
	}
	return passages, rows.Err()
}
