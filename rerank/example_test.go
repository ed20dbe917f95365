package rerank_test

import (
	"context"
	"fmt"
	"strings"

	"selfrag/rerank"
	"selfrag/retrieval"
)

// counting is a reranker: the more often a passage has a word, the better.
type counting string

func (word counting) Rerank(_ context.Context, _ string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	out := make([]retrieval.Passage, len(passages))
	for i, p := range passages {
		score := float64(strings.Count(p.Text, string(word)))
		p.Score, p.Rerank = score, &score
		out[i] = p
	}
	retrieval.SortByScore(out)
	return out, nil
}

// A cheap reranker chooses two passages, which a dearer one then orders. The
// third follows behind.
func ExampleNewCascade() {
	cascade, err := rerank.NewCascade(
		rerank.Stage{Reranker: counting("pump"), Keep: 2},
		rerank.Stage{Reranker: counting("oil")},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	ranked, err := cascade.Rerank(context.Background(), "which oil does the pump take?", []retrieval.Passage{
		{ID: "1", Text: "oil, oil and oil"}, {ID: "2", Text: "a pump, and another pump"}, {ID: "3", Text: "a pump and its oil"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range ranked {
		fmt.Println(p.ID, p.Text)
	}
	// Output:
	// 3 a pump and its oil
	// 2 a pump, and another pump
	// 1 oil, oil and oil
}

// Scores of judged passages make a reranker's scale one of probabilities.
func ExampleFitCalibration() {
	scores := []float64{-3, -2, -1, 0, 1, 2, 3, 4}
	relevant := []bool{false, false, false, true, false, true, true, true}
	c, err := rerank.FitCalibration(scores, relevant)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, score := range []float64{-2, 0.5, 3} {
		fmt.Printf("%+.1f: %.2f\n", score, c.Probability(score))
	}
	// Output:
	// -2.0: 0.21
	// +0.5: 0.50
	// +3.0: 0.79
}
