package milvus

import (
	"context"
	"fmt"

	"selfrag/retrieval"
)

// passageFields returns the fields of a passage.
func passageFields() []string {
	return []string{fieldName, fieldDocument, fieldSource, fieldTitle, fieldText, fieldStart, fieldEnd, fieldMetadata}
}

// Dense ranks passages by the cosine of their vectors with r.Vector and returns
// the best r.K (at most 16,384). The search is approximate (HNSW). An index may
// return fewer than r.K passages although more match, for example with a filter
// that few passages pass; Dense then ranks the matching passages exactly. A
// collection of 0 dimensions has no vectors and no dense search.
func (c *Collection) Dense(ctx context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	passages, err := c.dense(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("search collection %q: %w", c.name, err)
	}
	for i := range passages {
		score := passages[i].Score
		passages[i].Dense = &score
	}
	return passages, nil
}

func (c *Collection) dense(ctx context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	if err := c.onlyVectors(); err != nil {
		return nil, err
	}
	query, err := retrieval.UnitVector(r.Vector, c.spec.Dimensions)
	if err != nil {
		return nil, fmt.Errorf("query vector: %w", err)
	}
	found, err := c.matching(ctx, r, func(w where, k int) ([]retrieval.Passage, error) {
		results, err := c.db.server.search(ctx, c.passages, w,
			nearest{field: fieldVector, dense: [][]float32{query}, k: k, ef: max(k, c.db.server.cfg.Ef)}, passageFields()...)
		if err != nil {
			return nil, err
		}
		return passagesOf(results[0])
	})
	if err != nil || len(found.passages) >= r.K || r.K < 1 {
		return found.passages, err
	}
	n, err := c.db.server.count(ctx, c.passages, found.where, c.db.server.level(c.passages))
	if err != nil || n <= found.seen || n > maxK {
		return found.passages, err
	}
	return c.exact(ctx, r, found, query)
}

// exact ranks all rows that match an expression, together with the passages
// that the index found. If two writers have left a row twice, a query of a 2.3
// server leaves out others.
func (c *Collection) exact(ctx context.Context, r retrieval.Request, found matches, query []float32) ([]retrieval.Passage, error) {
	rows, err := c.db.server.query(ctx, c.passages, found.where, c.db.server.level(c.passages), append(passageFields(), fieldVector)...)
	if err != nil {
		return nil, err
	}
	scores := make([]float32, len(rows.texts(fieldName)))
	for i, v := range rows.vectors(fieldVector) {
		for d, x := range v {
			scores[i] += x * query[d]
		}
	}
	passages, err := passagesOf(hits{rows: rows, scores: scores})
	if err != nil {
		return nil, err
	}
	passages = keep(passages, r.Filter)
	seen := make(map[string]bool, len(passages))
	for _, p := range passages {
		seen[p.ID] = true
	}
	for _, p := range found.passages {
		if !seen[p.ID] {
			passages = append(passages, p)
		}
	}
	retrieval.SortByScore(passages)
	return passages[:min(len(passages), r.K)], nil
}

// matches is the result of a filtered search.
type matches struct {
	passages []retrieval.Passage
	where    where // the expression for the server
	seen     int   // number of rows that it returned
}

// matching runs a search and keeps the passages that the filter selects. The
// expression for the server never selects less than the filter. If it selects
// too many others, matching asks for more rows.
func (c *Collection) matching(ctx context.Context, r retrieval.Request, search func(w where, k int) ([]retrieval.Passage, error)) (matches, error) {
	if err := retrieval.CheckFilter(r.Filter); err != nil {
		return matches{}, err
	}
	if err := c.current(ctx); err != nil {
		return matches{}, err
	}
	m := matches{where: c.db.scope.rows().and(compile(r.Filter))}
	if r.K < 1 {
		return m, nil
	}
	want := min(r.K, maxK)
	for k := want; ; k = min(4*k, maxK) {
		hits, err := search(m.where, k)
		if err != nil {
			return m, err
		}
		m.seen = len(hits)
		m.passages = keep(hits, r.Filter)
		if len(m.passages) >= want || len(hits) < k || k == maxK {
			retrieval.SortByScore(m.passages)
			m.passages = m.passages[:min(len(m.passages), want)]
			return m, nil
		}
	}
}

func keep(passages []retrieval.Passage, f retrieval.Filter) []retrieval.Passage {
	kept := make([]retrieval.Passage, 0, len(passages))
	for _, p := range passages {
		if f == nil || f.Match(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

func passagesOf(h hits) ([]retrieval.Passage, error) {
	rows := h.rows
	names, documents, sources := rows.texts(fieldName), rows.texts(fieldDocument), rows.texts(fieldSource)
	titles, texts := rows.texts(fieldTitle), rows.texts(fieldText)
	starts, ends, metadata := rows.ints(fieldStart), rows.ints(fieldEnd), rows.json(fieldMetadata)
	n := len(h.scores)
	for _, have := range []int{len(names), len(documents), len(sources), len(titles), len(texts), len(starts), len(ends), len(metadata)} {
		if have != n {
			return nil, fmt.Errorf("the server gave %d values for %d passages", have, n)
		}
	}
	passages := make([]retrieval.Passage, n)
	for i := range passages {
		m, err := decodeMetadata(metadata[i])
		if err != nil {
			return nil, fmt.Errorf("passage %s: %w", names[i], err)
		}
		passages[i] = retrieval.Passage{
			ID: names[i], Document: documents[i], Source: sources[i], Title: titles[i], Text: texts[i],
			Start: int(starts[i]), End: int(ends[i]), Metadata: m, Score: float64(h.scores[i]),
		}
	}
	return passages, nil
}
