package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"selfrag/retrieval"
)

// Dense ranks all passages by the cosine of their vectors with r.Vector, and
// returns the best r.K. The search is exact. A collection of 0 dimensions has
// no vectors and cannot be searched so.
func (c *Collection) Dense(ctx context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	if c.spec.Dimensions == 0 {
		return nil, fmt.Errorf("search collection %q: it has no vectors: search it lexically", c.name)
	}
	query, err := retrieval.UnitVector(r.Vector, c.spec.Dimensions)
	if err != nil {
		return nil, fmt.Errorf("search collection %q: query vector: %w", c.name, err)
	}
	return c.search(ctx, func(tx *sql.Tx) ([]hit, error) {
		vectors, err := c.vectors.at(ctx, tx)
		if err != nil {
			return nil, err
		}
		return vectors.nearest(ctx, query, max(r.K, 0))
	}, func(p *retrieval.Passage, score float64) { p.Dense = &score })
}

// Lexical ranks the passages that share a term with r.Text by BM25 (k1 1.2,
// b 0.75, as FTS5 fixes them), and returns the best r.K. A term that more than
// half of the passages hold adds next to nothing.
func (c *Collection) Lexical(ctx context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	match := matchAny(r.Text)
	return c.search(ctx, func(tx *sql.Tx) ([]hit, error) {
		if match == "" || r.K < 1 {
			return nil, nil
		}
		return c.match(ctx, tx, match, r.K)
	}, func(p *retrieval.Passage, score float64) { p.Lexical = &score })
}

// search ranks and reads the passages found in one transaction, so that
// neither sees a write that the other does not.
func (c *Collection) search(ctx context.Context, rank func(*sql.Tx) ([]hit, error), score func(*retrieval.Passage, float64)) ([]retrieval.Passage, error) {
	var passages []retrieval.Passage
	err := c.db.read(ctx, func(tx *sql.Tx) error {
		if err := c.exists(ctx, tx); err != nil {
			return err
		}
		hits, err := rank(tx)
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

func (c *Collection) exists(ctx context.Context, tx *sql.Tx) error {
	var one int
	err := tx.QueryRowContext(ctx, `SELECT 1 FROM collections WHERE id = ?`, c.id).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return unknown(ctx, tx)
	}
	return err
}

// match runs an FTS5 query. FTS5's bm25 is negative, better being lower.
func (c *Collection) match(ctx context.Context, tx *sql.Tx, query string, k int) ([]hit, error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(
		`SELECT rowid, -bm25(terms_%[1]d) AS score FROM terms_%[1]d WHERE terms_%[1]d MATCH ?
		 ORDER BY score DESC, rowid LIMIT ?`, c.id), query, k)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var hits []hit
	for rows.Next() {
		var h hit
		if err := rows.Scan(&h.id, &h.score); err != nil {
			return nil, err
		}
		hits = append(hits, h)
	}
	return hits, rows.Err()
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
