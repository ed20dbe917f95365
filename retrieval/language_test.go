package retrieval_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"selfrag/retrieval"
)

func TestLanguageOfTheHandbooksQuestions(t *testing.T) {
	content, err := os.ReadFile("../examples/handbook/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for line := range strings.Lines(string(content)) {
		var q struct{ Text, Language string }
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		if seen[q.Language]++; retrieval.Language(q.Text) != q.Language {
			t.Errorf("%q: got %s, want %s", q.Text, retrieval.Language(q.Text), q.Language)
		}
	}
	if seen["ko"] == 0 || seen["en"] == 0 {
		t.Errorf("questions: %v", seen)
	}
}
