package rerank

import (
	"context"
	"errors"
	"fmt"
	"math"

	"selfrag/retrieval"
)

// Stage is one reranker of a cascade.
type Stage struct {
	Reranker retrieval.Reranker
	Keep     int // most passages that go on to the next stage; 0 means all
}

// Cascade reranks in stages: a cheap reranker reduces many candidates to those
// that a better and more expensive one is asked about. Passages that a stage
// does not pass on follow behind, in the order of that stage and without the
// scores of later ones. So nothing is lost if the caller keeps more passages
// than the last stage saw (Wang, Lin and Metzler, "A Cascade Ranking Model for
// Efficient Ranked Retrieval", SIGIR 2011).
//
// The scores of different stages are not comparable. Score orders the passages
// that the last stage saw; the scores of the others are lowered below these.
type Cascade struct{ stages []Stage }

var _ retrieval.Reranker = (*Cascade)(nil)

// NewCascade returns a cascade of at least one stage.
func NewCascade(stages ...Stage) (*Cascade, error) {
	if len(stages) == 0 {
		return nil, errors.New("a cascade needs a reranker")
	}
	for i, s := range stages {
		switch {
		case s.Reranker == nil:
			return nil, fmt.Errorf("stage %d of the cascade has no reranker", i+1)
		case s.Keep < 0:
			return nil, fmt.Errorf("stage %d of the cascade cannot keep %d passages", i+1, s.Keep)
		}
	}
	return &Cascade{stages}, nil
}

// Rerank runs the stages one after another.
func (c *Cascade) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	var tail []retrieval.Passage
	for i, s := range c.stages {
		ranked, err := s.Reranker.Rerank(ctx, query, passages)
		if err != nil {
			return nil, fmt.Errorf("stage %d of the cascade: %w", i+1, err)
		}
		keep := len(ranked)
		if s.Keep > 0 {
			keep = min(s.Keep, keep)
		}
		tail = append(append([]retrieval.Passage(nil), ranked[keep:]...), tail...)
		passages = ranked[:keep:keep]
	}
	return append(passages, below(passages, tail)...), nil
}

// below lowers the scores of the tail below the worst of the head, in
// descending order. A caller that sorts by Score again gets the same order.
func below(head, tail []retrieval.Passage) []retrieval.Passage {
	if len(head) == 0 {
		return tail
	}
	worst := head[len(head)-1].Score
	for i := range tail {
		// The step is relative: a step of 1 would vanish beside a large score.
		step := max(1, math.Abs(worst)*1e-6)
		tail[i].Score = worst - step*float64(i+1)
	}
	return tail
}
