package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"selfrag/retrieval"
)

// Dense ranks the passages that r.Filter selects by the cosine of their vectors
// with r.Vector, and returns the best r.K. The cosines are exact. In a large
// collection a passage may be missed, see the package's documentation on runs. A
// collection of 0 dimensions has no vectors and no dense search.
func (c *Collection) Dense(ctx context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	if c.spec.Dimensions == 0 {
		return nil, fmt.Errorf("search collection %q: it has no vectors: search it lexically", c.name)
	}
	query, err := retrieval.UnitVector(r.Vector, c.spec.Dimensions)
	if err != nil {
		return nil, fmt.Errorf("search collection %q: query vector: %w", c.name, err)
	}
	return c.search(ctx, r.Filter, func(tx *sql.Tx, only *allowed) ([]hit, error) {
		return c.nearest(ctx, tx, query, r.K, only)
	}, func(p *retrieval.Passage, score float64) { p.Dense = &score })
}

// Lexical ranks the passages that r.Filter selects and that share a term with
// r.Text by BM25 (k1 1.2, b 0.75), and returns the best r.K. A term that more
// than half of the passages contain adds almost nothing.
func (c *Collection) Lexical(ctx context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	query := queryTerms(r.Text)
	return c.search(ctx, r.Filter, func(tx *sql.Tx, only *allowed) ([]hit, error) {
		if len(query) == 0 || r.K < 1 {
			return nil, nil
		}
		numbers, err := lookUp(ctx, tx, c.id, query)
		if err != nil {
			return nil, err
		}
		// In the order of the question, so that sums are rounded the same way
		// in every collection of the same passages.
		known := make([]uint32, 0, len(numbers))
		for _, term := range query {
			if n, ok := numbers[term]; ok {
				known = append(known, n)
			}
		}
		index, err := c.lexiconAt(ctx, tx)
		if err != nil {
			return nil, err
		}
		return index.best(ctx, tx, known, r.K, only)
	}, func(p *retrieval.Passage, score float64) { p.Lexical = &score })
}

// search ranks passages and reads them in one transaction, so that both see the
// same writes.
func (c *Collection) search(ctx context.Context, f retrieval.Filter, rank func(*sql.Tx, *allowed) ([]hit, error), score func(*retrieval.Passage, float64)) ([]retrieval.Passage, error) {
	if err := retrieval.CheckFilter(f); err != nil {
		return nil, fmt.Errorf("search collection %q: %w", c.name, err)
	}
	var passages []retrieval.Passage
	err := c.db.read(ctx, func(tx *sql.Tx) error {
		if err := c.current(ctx, tx); err != nil {
			return err
		}
		only, err := c.allowedBy(ctx, tx, f)
		if err != nil {
			return err
		}
		hits, err := rank(tx, only)
		if err != nil {
			return err
		}
		passages, err = c.passages(ctx, tx, hits)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("search collection %q: %w", c.name, err)
	}
	for i := range passages {
		score(&passages[i], passages[i].Score)
	}
	retrieval.SortByScore(passages)
	return passages, nil
}

// current returns an error for a collection that has been deleted or has
// another embedder now: vectors of two embedders must not be compared.
func (c *Collection) current(ctx context.Context, tx *sql.Tx) error {
	row, err := c.db.catalogue(tx).find(ctx, c.name)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && row.id != c.id:
		return c.db.catalogue(tx).unknown(ctx)
	case err == nil && row.generation != c.generation:
		return fmt.Errorf("its embedder was changed since it was opened: %w",
			&retrieval.EmbedderMismatchError{Collection: c.name, Have: row.spec, Want: c.spec})
	}
	return err
}

// passages reads the passages of hits, in no particular order.
func (c *Collection) passages(ctx context.Context, tx *sql.Tx, hits []hit) ([]retrieval.Passage, error) {
	scores := make(map[int64]float64, len(hits))
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i], scores[h.id] = h.id, h.score
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT p.id, p.name, d.hash, d.source, p.title, p.text, p.start, p."end", p.metadata
		FROM json_each(?) j JOIN passages p ON p.id = j.value JOIN documents d ON d.id = p.document`, string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	passages := make([]retrieval.Passage, 0, len(hits))
	for rows.Next() {
		var p retrieval.Passage
		var id int64
		var metadata string
		if err := rows.Scan(&id, &p.ID, &p.Document, &p.Source, &p.Title, &p.Text, &p.Start, &p.End, &metadata); err != nil {
			return nil, err
		}
		if p.Metadata, err = decodeMetadata(metadata); err != nil {
			return nil, err
		}
		p.Score = scores[id]
		passages = append(passages, p)
	}
	return passages, rows.Err()
}
