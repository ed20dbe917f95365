package agent

import (
	"strings"
	"testing"
)

// TestAnswersMentionWhatHasChanged asks for a value that differs between two
// editions of a document.
func TestAnswersMentionWhatHasChanged(t *testing.T) {
	old := passage("", "Unused days of leave may be carried over, at most 2 of them.")
	now := passage("", "Unused days of leave may be carried over, at most 5 of them.")
	old.ID, old.Document, old.Source, old.Title = "old", "old", "leave-2023.md", "Annual leave (2023)"
	now.ID, now.Document, now.Source, now.Title = "now", "now", "leave-2025.md", "Annual leave (2025)"
	draft := prober{&scripted{write: says("At most 5 unused days of leave may be carried over [1]."), next: gradesBy("Yes", "Yes", "Yes")}}
	for _, strategy := range []Strategy{Extractive{}, TwoStage{}, SelfRAG{}} {
		a, err := New(draft, found{now, old}, nil, Config{Strategy: strategy})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := a.Answer(t.Context(), Question{Text: "How many unused days of leave may be carried over?"})
		if err != nil {
			t.Fatal(err)
		}
		first, second, _ := strings.Cut(answer.Text, "\n")
		if !strings.Contains(first, "5") || second != "Since 2025; before that (Annual leave (2023), leave-2023.md): “Unused days of leave may be carried over, at most 2 of them.” [2]" {
			t.Errorf("%s: got %q", strategy.Name(), answer.Text)
		}
		if len(answer.Citations) != 2 || answer.Citations[1].Quote != old.Text || answer.Citations[1].N != 2 {
			t.Errorf("%s: got %+v", strategy.Name(), answer.Citations)
		}
	}
}
