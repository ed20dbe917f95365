package agent

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// HandbookQuestion is a question about the demo handbook.
type HandbookQuestion struct {
	ID         string   `json:"_id"`
	Text       string   `json:"text"`
	Answers    []string `json:"answers"`
	Language   string   `json:"language"`
	Hops       int      `json:"hop_count"`
	Answerable bool     `json:"answerable"`
	Evidence   []struct {
		Source string `json:"source"`
		Quote  string `json:"quote"`
	} `json:"evidence"`
}

// ReadHandbookQuestions reads all 60 questions, for tests inside and outside
// the package.
func ReadHandbookQuestions(t *testing.T) []HandbookQuestion {
	t.Helper()
	content, err := os.ReadFile("../examples/handbook/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var out []HandbookQuestion
	for line := range strings.Lines(string(content)) {
		var q HandbookQuestion
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		out = append(out, q)
	}
	if len(out) != 60 {
		t.Fatalf("%d questions, not 60", len(out))
	}
	return out
}
