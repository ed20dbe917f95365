package text_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"selfrag/retrieval/text"
)

func TestLanguageOfTheHandbooksQuestions(t *testing.T) {
	content, err := os.ReadFile("../../examples/handbook/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for line := range strings.Lines(string(content)) {
		var q struct{ Text, Language string }
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		if seen[q.Language]++; text.Language(q.Text) != q.Language {
			t.Errorf("%q: got %s, want %s", q.Text, text.Language(q.Text), q.Language)
		}
	}
	if seen["ko"] == 0 || seen["en"] == 0 {
		t.Errorf("questions: %v", seen)
	}
}

func TestLanguage(t *testing.T) {
	for asked, want := range map[string]string{
		"": "en", "42": "en", "What is it?": "en", "무엇인가요?": "ko",
		"Word2Vec 에 대해서 알려줄래?": "ko", "Who is 한지우(Jiwoo Han)?": "en",
		"Who founded 나루별 in 군산 in 2009, and why?": "en", "1931?": "en",
		"Tidegate와 Coldfinch는 누가 맡나요?": "ko", "Coldfinch Harbour Pebblenet 담당?": "en", "Pebblenet과 Coldfinch의 SLA는?": "ko",
		"Tide Gate 3 한지우가 맡나요?": "ko", "Narubyeol의 Kubernetes-operator는 GitHub/GitLab에서?": "ko",
		"Who leads the team that 한지우 and 박서연 left in 2024?": "en", "Which team is 하버팀?": "en", "2024 2025": "en", "한지우": "ko",
	} {
		if got := text.Language(asked); got != want {
			t.Errorf("%q: got %s, want %s", asked, got, want)
		}
	}
}
