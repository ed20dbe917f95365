package evidence

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// handbookPassages reads files of the handbook, with one passage for each
// paragraph below its heading.
func handbookPassages(t *testing.T, files ...string) []retrieval.Passage {
	t.Helper()
	var out []retrieval.Passage
	for _, file := range files {
		raw, err := os.ReadFile(filepath.Join("..", "..", "examples", "handbook", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		all := string(raw)
		first, _, _ := strings.Cut(all, "\n")
		title := ""
		if strings.HasPrefix(first, "# ") {
			title = strings.TrimPrefix(first, "# ")
		}
		p := retrieval.Passage{ID: file, Document: file, Source: file, Title: title, Text: all, End: len([]rune(all))}
		out = append(out, p)
	}
	return out
}

// TestHandbookChanges checks, for each amount, term and time of the handbook
// that a newer edition changed, that a question for it finds the change and
// that the current value comes first.
func TestHandbookChanges(t *testing.T) {
	travel := []string{"policies/travel-expenses-2021.md", "policies/travel-expenses-2025.md"}
	remote := []string{"policies/remote-work-2022.txt", "policies/remote-work-2025.md"}
	for _, c := range []struct {
		question   string
		files      []string
		now, other string // parts of the sentences
		since      string
	}{
		{"Up to what amount a night are hotel costs in Korea paid?", travel, "KRW 180,000", "KRW 130,000", "2025-07-01"},
		{"How much is the meal allowance for a day of travel in Korea?", travel, "KRW 55,000", "KRW 40,000", "2025-07-01"},
		{"How much is paid a kilometre for journeys by own car?", travel, "KRW 320", "KRW 250", "2025-07-01"},
		{"Within how many days after the end of a journey must the claim be sent in?", travel, "within 30 days", "within 60 days", "2025-07-01"},
		{"How many hours must a flight take for business class to be allowed?", travel, "12 hours", "10 hours", "2025-07-01"},
		{"재택근무는 일주일에 며칠까지 할 수 있나요?", remote, "3일까지", "2일까지", "2025-10-01"},
		{"재택근무 지원금은 매월 얼마인가요?", remote, "8만 원", "5만 원", "2025-10-01"},
		{"공통 근무 시간은 몇 시부터인가요?", remote, "오전 11시", "오전 10시", "2025-10-01"},
	} {
		found, err := New(nil, Config{}).Find(t.Context(), Input{Question: c.question, Passages: handbookPassages(t, c.files...)})
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Changes) != 1 {
			t.Errorf("%s: %d changes\n%s", c.question, len(found.Changes), changesText(found))
			continue
		}
		got := found.Changes[0]
		if !strings.Contains(got.Now.Text, c.now) || !strings.Contains(got.Other.Text, c.other) || got.Since != c.since {
			t.Errorf("%s: got\n%s", c.question, changesText(found))
		}
		if found.Sentences[0].Text != got.Now.Text {
			t.Errorf("%s: %q comes first", c.question, found.Sentences[0].Text)
		}
	}
}

// Editions in two languages share no words. The encoder and the question
// connect them.
func TestChangeAcrossLanguages(t *testing.T) {
	in := Input{Question: "How much is the on-call allowance for a week?", Passages: []retrieval.Passage{
		{ID: "old", Document: "old", Source: "engineering/on-call-2023.txt", Start: 390, Text: "온콜 수당은 일주일에 25만 원입니다."},
		{ID: "new", Document: "new", Source: "engineering/on-call-2026.md", Title: "On-call Rules (2026)", Text: "Applies from 1 February 2026.\n\nThe on-call allowance is KRW 400,000 for each week as first person."},
	}}
	found, err := New(letters{}, Config{}).Find(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Changes) != 1 || !strings.Contains(found.Changes[0].Other.Text, "25만") || found.Changes[0].Since != "2026-02-01" {
		t.Errorf("got\n%s", changesText(found))
	}
	in.Passages[0].Text = "온콜 수당은 일주일에 40만 원입니다."
	if found, err = New(letters{}, Config{}).Find(t.Context(), in); err != nil || len(found.Changes) > 0 {
		t.Errorf("the same amount: got %v\n%s", err, changesText(found))
	}
}
