package rerank

import (
	"context"
	"math"
	"testing"

	"selfrag/retrieval"
)

func TestWithPrior(t *testing.T) {
	scored := func() []retrieval.Passage {
		in := numbered(4)
		for i := range in {
			in[i].Score = []float64{9, 5, 4, 2}[i]
		}
		return in
	}
	up := &counting{score: number}
	for _, tc := range []struct {
		weight float64
		want   string
	}{
		{1, "3 2 1 "},
		{0, " 1 2 3"},
		// Standardised, the prior is 1.57 0 -0.39 -1.18 and the reranker's
		// scores are -1.34 -0.45 0.45 1.34.
		{0.5, " 3 2 1"},
		{0.6, "3 2  1"},
	} {
		r, err := WithPrior(up, tc.weight)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Rerank(t.Context(), "q", scored())
		if err != nil {
			t.Fatal(err)
		}
		if ids(got) != tc.want {
			t.Errorf("weight %g: got %q, want %q", tc.weight, ids(got), tc.want)
		}
		sum := 0.0
		for i, p := range got {
			if p.Rerank == nil || *p.Rerank != p.Score || i > 0 && p.Score > got[i-1].Score {
				t.Errorf("weight %g: passage %d has score %g, rerank %v", tc.weight, i, p.Score, p.Rerank)
			}
			sum += p.Score
		}
		if math.Abs(sum) > 1e-9 {
			t.Errorf("weight %g: the average passage has %g, want 0", tc.weight, sum/4)
		}
	}
	r, err := WithPrior(up, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	// Without a prior the reranker decides alone, and an empty list is not an
	// error.
	if got, err := r.Rerank(t.Context(), "q", numbered(3)); err != nil || ids(got) != "2 1 " {
		t.Errorf("without a prior: got %q, %v", ids(got), err)
	}
	if got, err := r.Rerank(t.Context(), "q", nil); err != nil || len(got) != 0 {
		t.Errorf("without passages: got %v, %v", got, err)
	}
	if r, err = WithPrior(unscored{}, 0.5); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Rerank(t.Context(), "q", scored()); err != nil || ids(got) != " 1 2 3" || got[0].Score != 9 {
		t.Errorf("unscored: got %q, %v", ids(got), err)
	}
	for _, w := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := WithPrior(up, w); err == nil {
			t.Errorf("weight %g is taken", w)
		}
	}
	if _, err := WithPrior(nil, 0.5); err == nil {
		t.Error("no reranker is taken")
	}
}

// unscored keeps the order and scores nothing.
type unscored struct{}

func (unscored) Rerank(_ context.Context, _ string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	return passages, nil
}
