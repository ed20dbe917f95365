package agent

import (
	"testing"

	"selfrag/agent/claim"
	"selfrag/retrieval"
)

// A value needs no grade of the model if it stands in evidence that likely
// answers the question.
func TestAValueInLikelyEvidenceNeedsNoGrade(t *testing.T) {
	passages := []retrieval.Passage{{ID: "a", Text: "Plots cost 12 euros."}, {ID: "b", Text: "The café closes at 18:00."}}
	for _, tc := range []struct {
		name   string
		likely []float64
		value  string
		cites  int
		told   bool
	}{
		{"likely", []float64{0.6, 0.01}, "12 euros", 0, true},
		{"unlikely", []float64{0.6, 0.01}, "18:00", 1, false},
		{"in another passage", []float64{0.6, 0.6}, "18:00", 0, false},
		{"unknown", nil, "18:00", 1, true},
		{"no value", []float64{0.6, 0.6}, "", 0, false},
	} {
		in := SupportInput{
			Sentence: claim.Sentence{Text: "What does a plot cost? " + tc.value, Value: tc.value, Passages: []int{tc.cites}},
			Reading:  Reading{Passages: passages, Shown: []string{passages[0].Text, passages[1].Text}, Likely: tc.likely},
		}
		if got := in.showsValue(); got != tc.told {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.told)
		}
	}
}

func TestAReadingKeepsWhatItsPassagesAreLikely(t *testing.T) {
	r := Reading{Passages: []retrieval.Passage{{ID: "a"}, {ID: "b"}}, Shown: []string{"x", "y"}, Likely: []float64{0.6, 0.1}}.of([]int{1})
	if len(r.Likely) != 1 || r.Likely[0] != 0.1 || r.Passages[0].ID != "b" || r.Shown[0] != "y" {
		t.Errorf("got %+v", r)
	}
}
