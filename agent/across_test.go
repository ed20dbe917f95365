package agent

import (
	"testing"

	"selfrag/prompts"
)

// TestAnswerAcross checks that a chain of sentences is read before a question
// is taken apart. The first sentence of the chain gives no answer unless it is
// of the kind asked for.
func TestAnswerAcross(t *testing.T) {
	passages := passagesOf(
		"Waymoth is owned by the Routing Team.", "The Routing Team works on the second floor, and Ana Ruiz leads it.", "The Tide Team works on the third floor.",
	)
	for _, tc := range []struct {
		name, question, says, want string
		calls                      int
	}{
		{"the second sentence", "On which floor does the team that owns Waymoth work?", "second floor", "second floor [1] [2]", 1},
		{"the first sentence, another kind", "Who leads the team that owns Waymoth?", "the Routing Team", "", 1},
		{"no sentence", "On which floor does the team that owns Waymoth work?", "NOT FOUND", "", 1},
		{"another number than is told", "On which floor does the team that owns Waymoth work?", "9", "", 2},
	} {
		calls := 0
		m := &scripted{next: sure("Yes"), write: func(p sent) (string, error) {
			switch {
			case p.is(prompts.NameAnswerStep):
				calls++
				if !p.holds("Routing Team works") || !p.holds("owned by") {
					t.Errorf("%s: the chain is not read: %q", tc.name, p)
				}
				return tc.says, nil
			case p.is(prompts.NameDraft):
				calls++
				return "The floor is the " + tc.says + " [2].", nil
			}
			return "NOT FOUND", nil
		}}
		a, err := New(prober{m}, found(passages), nil, Config{Context: ContextEvidence, Evidence: seeing{0.3, 0.1}, Several: 2}) // no question is taken apart
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.Answer(t.Context(), Question{Text: tc.question})
		if err != nil || tc.want != "" && got.Text != tc.want || tc.want == "" && !got.Abstained {
			t.Errorf("%s: got %q, %v", tc.name, got.Text, err)
		}
		if calls < tc.calls {
			t.Errorf("%s: %d drafts, want %d", tc.name, calls, tc.calls)
		}
	}
}
