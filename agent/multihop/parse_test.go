package multihop

import (
	"slices"
	"strings"
	"testing"
)

// TestParseWithoutText covers texts that a golden file cannot show.
func TestParseWithoutText(t *testing.T) {
	const question = "Who leads it?"
	for text, want := range map[string]Plan{
		"": {question},
		"A = the firm\nB = \u3000\nC = the lead of A": {"the firm", "the lead of #1"},
	} {
		if got := Parse(text, question); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("A = the town where Ana Ruiz was born\nB = the river that flows through A")
	f.Add("1. #1\n2) #99\n3: A")
	f.Add("A = #0\nB = 가A나")
	f.Add("1) a\n2) \u00a0")
	f.Fuzz(func(t *testing.T, text string) {
		plan := Parse(text, "question")
		if len(plan) == 0 || len(plan) > MaxSubQuestions {
			t.Fatalf("%d sub-questions", len(plan))
		}
		for i, sub := range plan {
			if !refersBack(sub, i) && sub != "question" {
				t.Errorf("sub-question %d of %q refers to one that is not before it", i+1, plan)
			}
			if strings.TrimSpace(sub) == "" {
				t.Errorf("sub-question %d is empty", i+1)
			}
			_ = Fill(sub, map[int]string{1: "x"})
		}
		for _, line := range plan.Lettered() {
			if len(plan) > 1 && !planLine.MatchString(line) {
				t.Errorf("%q is no line of a plan", line)
			}
		}
	})
}
