package text

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestWants reads one question per line with what it wants: the want, at least
// two spaces, the question.
func TestWants(t *testing.T) {
	content, err := os.ReadFile("testdata/wants.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		want, question, ok := strings.Cut(line, "  ")
		if !ok {
			t.Fatalf("%q: it needs two spaces after what is wanted", line)
		}
		question = strings.TrimSpace(question)
		n[want]++
		got := string(Wants(question))
		if got == "" {
			got = "fact"
		}
		if got != want {
			t.Errorf("%s: it wants %q, not %q", question, want, got)
		}
	}
	for _, want := range []string{"fact", "how-to", "why", "list", "compare", "summary", "changed"} {
		if n[want] < 15 {
			t.Errorf("only %d questions want %q", n[want], want)
		}
	}
}

// No question of the handbook that asks for a fact may be taken for more, and
// few that want more may be taken for a fact.
func TestWantsOfTheHandbook(t *testing.T) {
	for _, q := range handbookQuestions(t, "questions.jsonl") {
		if got := Wants(q.Text); got != WantFact {
			t.Errorf("%s: %s: a fact is taken for %q", q.ID, q.Text, got)
		}
	}
	missed := 0
	all := handbookQuestions(t, "kinds.jsonl")
	for _, q := range all {
		switch got := Wants(q.Text); {
		case got == WantFact:
			missed++
			t.Logf("%s: %s: taken for a fact", q.ID, q.Text)
		case string(got) != q.Kind:
			t.Errorf("%s: %s: it wants %q, not %q", q.ID, q.Text, q.Kind, got)
		}
	}
	t.Logf("of %d questions %d are taken for facts", len(all), missed)
	if missed > len(all)/10 {
		t.Errorf("%d of %d questions that want more are taken for facts", missed, len(all))
	}
}

type handbookQuestion struct {
	ID   string `json:"_id"`
	Text string `json:"text"`
	Kind string `json:"kind"`
}

func handbookQuestions(t *testing.T, file string) []handbookQuestion {
	t.Helper()
	content, err := os.ReadFile("../../examples/handbook/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var out []handbookQuestion
	for line := range strings.Lines(string(content)) {
		var q handbookQuestion
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		out = append(out, q)
	}
	return out
}

// What a question wants does not depend on the white space around it or on its
// end punctuation.
func FuzzWants(f *testing.F) {
	f.Add("How do I report a lost laptop?")
	f.Add("왜 바뀌었나요?")
	f.Add("Compare A vs. B: what sets them apart")
	f.Fuzz(func(t *testing.T, question string) {
		want := Wants(question)
		if got := Wants(" " + question + "\n"); got != want {
			t.Errorf("%q wants %q, with space around it %q", question, want, got)
		}
	})
}
