package multihop

import (
	"slices"
	"testing"

	"selfrag/retrieval"
)

func TestPoolKeepsTheBestScore(t *testing.T) {
	var p, other Pool
	if p.Ranking() == nil || len(p.Best()) != 0 {
		t.Error("an empty pool has a ranking, or none at all")
	}
	p.Add([]retrieval.Passage{{ID: "a", Score: 1, Text: "first"}, {ID: "b", Score: 2}})
	other.Add([]retrieval.Passage{{ID: "a", Score: 3, Text: "second"}, {ID: "b", Score: 1}, {ID: "c", Score: 0}, {ID: "e", Score: -1}, {ID: "d", Score: -1}, {ID: "f", Score: -2}})
	p.Merge(&other)
	ids := func(passages []retrieval.Passage) (out string) {
		for _, r := range passages {
			out += r.ID
		}
		return out
	}
	ranking := p.Ranking()
	if ids(ranking) != "abcdef" || ranking[0].Score != 3 || ranking[0].Text != "first" || ranking[1].Score != 2 {
		t.Errorf("got %+v", ranking)
	}
	if got := ids(p.Best()); got != "abcde" {
		t.Errorf("the best are %q", got)
	}
}

// TestStandardised compares the scores of queries in different units.
func TestStandardised(t *testing.T) {
	in := []retrieval.Passage{{ID: "a", Score: 30}, {ID: "b", Score: 10}}
	var scores []float64
	for _, p := range Standardised(in) {
		scores = append(scores, p.Score)
	}
	if !slices.Equal(scores, []float64{1, -1}) || in[0].Score != 30 {
		t.Errorf("got %v of %v", scores, in)
	}
}
