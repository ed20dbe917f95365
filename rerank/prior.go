package rerank

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"selfrag/retrieval"
)

// WithPrior combines the reranker with the order in which the passages come:
// w*reranker + (1-w)*prior, with w in [0,1]. The prior is the incoming Score of
// a passage, from the first stage or from the previous stage of a Cascade. Both
// sides are standardised over the passages as in retrieval.Fuse. It is for
// rerankers whose errors differ from those of the search and that are not sure
// to be better, such as small language models. A reranker that is no better
// than chance makes the order worse at any weight but 0, so measure first.
//
// Score and Rerank become the sum, in standard deviations above the average
// passage. The sum depends on the other passages, so a threshold on it means
// nothing across queries. If the reranker leaves a passage unscored, the whole
// result is the reranker's own.
func WithPrior(reranker retrieval.Reranker, w float64) (retrieval.Reranker, error) {
	switch {
	case reranker == nil:
		return nil, errors.New("a prior needs a reranker beside it")
	case !(w >= 0 && w <= 1):
		return nil, fmt.Errorf("the weight of a reranker beside its prior is %g, want 0 to 1", w)
	}
	return withPrior{reranker, w}, nil
}

type withPrior struct {
	retrieval.Reranker
	weight float64
}

func (r withPrior) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	prior, place := make(map[string]float64, len(passages)), make(map[string]int, len(passages))
	for i, p := range passages {
		prior[p.ID], place[p.ID] = p.Score, i
	}
	ranked, err := r.Reranker.Rerank(ctx, query, passages)
	if err != nil {
		return nil, err
	}
	before, after := make([]float64, len(ranked)), make([]float64, len(ranked))
	for i, p := range ranked {
		if p.Rerank == nil {
			return ranked, nil
		}
		before[i], after[i] = prior[p.ID], *p.Rerank
	}
	before, after = retrieval.Standardise(before), retrieval.Standardise(after)
	for i := range ranked {
		score := r.weight*after[i] + (1-r.weight)*before[i]
		ranked[i].Score, ranked[i].Rerank = score, &score
	}
	slices.SortStableFunc(ranked, func(a, b retrieval.Passage) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(place[a.ID], place[b.ID]))
	})
	return ranked, nil
}
