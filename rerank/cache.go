package rerank

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"

	"selfrag/retrieval"
)

// CacheConfig sizes a Cache. Its zero value works.
type CacheConfig struct {
	// Scores is the number of scores to keep, the latest used ones (100,000,
	// about 10 MB).
	Scores int
}

// Cache remembers the scores of a pointwise reranker, by model, query and the
// hash of the text that the reranker reads of a passage. So the rounds of a
// loop and repeated questions cost nothing twice. It is safe for concurrent
// use. Do not put it around a listwise reranker, whose scores depend on the
// whole list.
type Cache struct {
	reranker retrieval.Reranker
	model    string
	scores   *lru.Cache[[sha256.Size]byte, float64]
}

var _ retrieval.Reranker = (*Cache)(nil)

// NewCache returns a cache around a reranker. model identifies the source of
// the scores: use another name for another model or another weight file.
func NewCache(reranker retrieval.Reranker, model string, cfg CacheConfig) (*Cache, error) {
	if reranker == nil || model == "" {
		return nil, errors.New("a cache of scores needs a reranker and its model's name")
	}
	scores, err := lru.New[[sha256.Size]byte, float64](cmp.Or(cfg.Scores, 100_000))
	if err != nil {
		return nil, fmt.Errorf("make a cache of %d scores: %w", cfg.Scores, err)
	}
	return &Cache{reranker, model, scores}, nil
}

// Rerank asks the reranker only about passages without a known score. A passage
// that the reranker drops is dropped, and asked about again the next time.
func (c *Cache) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	var known, unknown []retrieval.Passage
	for _, p := range passages {
		if score, ok := c.scores.Get(c.key(query, p)); ok {
			p.Score, p.Rerank = score, &score
			known = append(known, p)
		} else {
			unknown = append(unknown, p)
		}
	}
	if len(unknown) > 0 {
		scored, err := c.reranker.Rerank(ctx, query, unknown)
		if err != nil {
			return nil, err
		}
		for _, p := range scored {
			if p.Rerank == nil {
				// Not scored, for example by ForLanguages. Its order cannot be
				// compared with scores, so mix and remember nothing.
				return c.reranker.Rerank(ctx, query, passages)
			}
			c.scores.Add(c.key(query, p), *p.Rerank)
		}
		known = append(known, scored...)
	}
	place := make(map[string]int, len(passages))
	for i, p := range passages {
		place[p.ID] = i
	}
	slices.SortStableFunc(known, func(a, b retrieval.Passage) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(place[a.ID], place[b.ID]))
	})
	return known, nil
}

func (c *Cache) key(query string, p retrieval.Passage) [sha256.Size]byte {
	h := sha256.New()
	for _, part := range []string{c.model, query, p.Searchable()} {
		// Parts may hold any text; the length keeps them apart.
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
