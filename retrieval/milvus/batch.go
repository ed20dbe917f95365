package milvus

import (
	"context"
	"errors"
	"fmt"

	"selfrag/retrieval"
)

// batchHits is the maximum number of hits of one call of DenseBatch: with their
// texts some 32 MB. Not measured.
const batchHits = maxK

// DenseBatch is Dense for several vectors, with the K and the filter of r; the
// result has a list for each of them, in their order. It makes one call to the
// server for every 16,384 hits, which for many vectors takes less time than a
// call for each. Vectors for which the index found too few passages are searched
// for alone.
func (c *Collection) DenseBatch(ctx context.Context, vectors [][]float32, r retrieval.Request) ([][]retrieval.Passage, error) {
	found, err := c.denseBatch(ctx, vectors, r)
	if err != nil {
		return nil, fmt.Errorf("search collection %q: %w", c.name, err)
	}
	for _, passages := range found {
		for i := range passages {
			score := passages[i].Score
			passages[i].Dense = &score
		}
	}
	return found, nil
}

func (c *Collection) denseBatch(ctx context.Context, vectors [][]float32, r retrieval.Request) ([][]retrieval.Passage, error) {
	if err := c.onlyVectors(); err != nil {
		return nil, err
	}
	queries := make([][]float32, len(vectors))
	for i, v := range vectors {
		var err error
		if queries[i], err = retrieval.UnitVector(v, c.spec.Dimensions); err != nil {
			return nil, fmt.Errorf("query vector %d: %w", i+1, err)
		}
	}
	if err := retrieval.CheckFilter(r.Filter); err != nil {
		return nil, err
	}
	found := make([][]retrieval.Passage, len(vectors))
	if r.K < 1 || len(vectors) == 0 {
		return found, nil
	}
	if err := c.current(ctx); err != nil {
		return nil, err
	}
	k := min(r.K, maxK)
	w := c.db.scope.rows().and(compile(r.Filter))
	all := -1 // the number of rows that match the expression, once it is needed
	step := batchHits / k
	for from := 0; from < len(queries); from += step {
		to := min(from+step, len(queries))
		results, err := c.db.server.search(ctx, c.passages, w,
			nearest{field: fieldVector, dense: queries[from:to], k: k, ef: max(k, c.db.server.cfg.Ef)}, passageFields()...)
		if err != nil {
			return nil, err
		}
		for i, h := range results {
			passages, err := passagesOf(h)
			if err != nil {
				return nil, err
			}
			kept := keep(passages, r.Filter)
			if len(kept) < k && all < 0 {
				if all, err = c.db.server.count(ctx, c.passages, w, c.db.server.level(c.passages)); err != nil {
					return nil, err
				}
			}
			if len(kept) < k && all > len(passages) {
				kept, err = c.dense(ctx, retrieval.Request{Vector: queries[from+i], K: r.K, Filter: r.Filter})
				if err != nil {
					return nil, err
				}
			}
			retrieval.SortByScore(kept)
			found[from+i] = kept
		}
	}
	return found, nil
}

// onlyVectors returns an error for a collection that has none.
func (c *Collection) onlyVectors() error {
	if c.spec.Dimensions == 0 {
		return errors.New("it has no vectors: search it lexically")
	}
	return nil
}
