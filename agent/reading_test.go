package agent

import (
	"slices"
	"testing"

	"selfrag/rerank/evidence"
)

// TestReadingOrder checks that a draft reads the likeliest evidence first, or
// last without HeuristicBestFirst, and that the passages themselves stay in
// their order.
func TestReadingOrder(t *testing.T) {
	passages := passagesOf("The lamp costs 30 euro.", "The lamp weighs 2 kg.")
	seen := evidence.Found{Sentences: []evidence.Sentence{
		{Passage: "b", Start: 100, End: 121, Text: passages[1].Text, Answers: 0.8},
		{Passage: "a", Start: 100, End: 123, Text: passages[0].Text, Answers: 0.4},
	}}
	for _, tc := range []struct {
		without []Heuristic
		shown   []string
		likely  []float64
	}{
		{nil, []string{passages[1].Text, passages[0].Text}, []float64{0.8, 0.4}},
		{[]Heuristic{HeuristicBestFirst}, []string{passages[0].Text, passages[1].Text}, []float64{0.4, 0.8}},
	} {
		s, err := NewSteps(&scripted{write: says("")}, shelf(), nil, Config{Context: ContextEvidence, WithoutHeuristics: tc.without})
		if err != nil {
			t.Fatal(err)
		}
		got := s.readingOf(t.Context(), passages, seen)
		if !slices.Equal(got.Shown, tc.shown) || !slices.Equal(got.Likely, tc.likely) {
			t.Errorf("without %v: got %q and %v, want %q and %v", tc.without, got.Shown, got.Likely, tc.shown, tc.likely)
		}
		if got := s.readingOf(t.Context(), passages, evidence.Found{}); !slices.Equal(idsOf(got.Passages), []string{"a", "b"}) {
			t.Errorf("without %v and without evidence: got %v", tc.without, idsOf(got.Passages))
		}
	}
	if passages[0].ID != "a" {
		t.Error("the given passages were reordered")
	}
}
