package rerank

import (
	"context"
	"errors"
	"fmt"
	"time"

	"selfrag/retrieval"
)

// AtLeast drops passages that the reranker scores below min, on the reranker's
// own scale.
func AtLeast(reranker retrieval.Reranker, min float64) retrieval.Reranker {
	return atLeast{reranker, min}
}

type atLeast struct {
	retrieval.Reranker
	min float64
}

func (r atLeast) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	ranked, err := r.Reranker.Rerank(ctx, query, passages)
	if err != nil {
		return nil, err
	}
	kept := ranked[:0:0]
	for _, p := range ranked {
		// A passage without a score was not judged, so it stays.
		if p.Rerank == nil || *p.Rerank >= r.min {
			kept = append(kept, p)
		}
	}
	return kept, nil
}

// ErrDeadline is wrapped by the error of a reranker that took too long.
var ErrDeadline = errors.New("the reranker took too long")

// Within gives the reranker a time limit. Beyond it the error wraps
// ErrDeadline, whatever the reranker itself returned. retrieval.TwoStage then
// keeps the first-stage order.
func Within(reranker retrieval.Reranker, limit time.Duration) retrieval.Reranker {
	return within{reranker, limit}
}

type within struct {
	retrieval.Reranker
	limit time.Duration
}

func (r within) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	rctx, cancel := context.WithTimeoutCause(ctx, r.limit, ErrDeadline)
	defer cancel()
	ranked, err := r.Reranker.Rerank(rctx, query, passages)
	if err != nil && ctx.Err() == nil && rctx.Err() != nil {
		return nil, fmt.Errorf("%w: more than %s for %d passages", ErrDeadline, r.limit, len(passages))
	}
	return ranked, err
}
