package questions

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selfrag/agent"
	"selfrag/eval"
	"selfrag/prompts"
)

func TestRepliesAreNotAskedForAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q.jsonl.replies")
	set, err := prompts.New()
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	ask := func(_ context.Context, p prompts.Prompt) (string, error) {
		asked++
		return "Reply to " + p.Messages[len(p.Messages)-1].Text, nil
	}
	write := func(answer string) string {
		t.Helper()
		r, err := OpenReplies(path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		text, err := r.Writer(set, "m", ask)(context.Background(), prompts.NameMakeQuestion, "en", prompts.MakeQuestion{Sentence: "It lasts.", Answer: answer})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	first := write("a")
	if second := write("a"); second != first || asked != 1 {
		t.Errorf("asked %d times: %q, then %q", asked, first, second)
	}
	// A killed process leaves the beginning of a line.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"prompt": "x`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	write("b")
	if write("a") != first || write("b") == first || asked != 2 {
		t.Errorf("asked %d times", asked)
	}
	if err := os.WriteFile(path, []byte("a shopping list\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReplies(path); err == nil || !strings.Contains(err.Error(), "line 1 is not a reply") {
		t.Errorf("got %v", err)
	}
}

const underReview = `{"_id": "1", "text": "How long?", "answers": ["3 days"], "hops": [{"question": "How long?", "answer": "3 days", "passage": "a.md"}], "mine": {"x": [1, 2]}, "answerable": true}
{"id": 2, "question": "누가 이끄나요?", "golden_answers": ["아나"], "metadata": {"kept": true}}

{"_id": "3", "text": "Who knows?", "answers": [], "review": "open", "comment": "it was wrong"}
`

func TestReview(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q.jsonl")
	if err := os.WriteFile(path, []byte(underReview), 0o640); err != nil {
		t.Fatal(err)
	}
	f, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Len() != 3 || f.At(1).Text != "누가 이끄나요?" || f.At(1).Language != "ko" || f.At(2).Comment != "it was wrong" {
		t.Fatalf("got %+v", f.At(1))
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Keep(2); err == nil || !strings.Contains(err.Error(), "no answer yet") {
		t.Errorf("got %v", err)
	}
	must(f.Edit(0, "How many days does it last?", []string{"three days"}))
	must(f.Drop(1))
	data, err := eval.LoadQA(path)
	if err != nil || len(data.Queries) != 1 || data.Queries[0].Answers[0] != "three days" || data.Queries[0].LookUps[0].Answer != "three days" {
		t.Errorf("got %+v, %v", data.Queries, err)
	}
	b, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(b), `"mine": {"x": [1, 2]}`) || !strings.Contains(string(b), `"metadata": {"kept": true}`) {
		t.Errorf("fields were lost: %s, %v", b, err)
	}
	if at, err := f.Undo(); at != 1 || err != nil || f.At(1).Review != "" {
		t.Errorf("undid %d, %v", at, err)
	}
	must(f.Edit(2, "Who knows it?", nil))
	if q := f.At(2); q.Answerable || q.Review != eval.ReviewEdited {
		t.Errorf("got %+v", q)
	}
	if next, ok := f.Next(2); next != 1 || !ok {
		t.Errorf("next is %d, %v", next, ok)
	}
	must(f.Keep(1))
	if _, ok := f.Next(0); ok {
		t.Error("something is left to review")
	}
	if n := f.Count(); n[eval.ReviewEdited] != 2 || n[eval.ReviewKept] != 1 {
		t.Errorf("got %v", n)
	}
	for range 3 {
		if _, err := f.Undo(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Undo(); !errors.Is(err, ErrNoUndo) {
		t.Errorf("got %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte(underReview+"\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := f.Drop(0); !errors.Is(err, ErrChanged) || f.At(0).Review != "" {
		t.Errorf("got %v", err)
	}
}

func TestReviewOfBadFiles(t *testing.T) {
	for name, content := range map[string]string{
		"holds none": "\n", "line 2": "{\"id\": 1, \"question\": \"a?\"}\n[1]\n", "line 1": "{\"id\": 1, \"question\": \"a?\"} trailing\n",
	} {
		path := filepath.Join(t.TempDir(), "q.jsonl")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenFile(path); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%q: got %v", content, err)
		}
	}
}

func FuzzObject(f *testing.F) {
	f.Add([]byte(`{"a": 1, "b": {"c": [true, null, "한"]}}`))
	f.Add([]byte(`{"a": 1, "a": 2}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		o, err := parseObject(line)
		if err != nil {
			return
		}
		again, err := parseObject(o.bytes())
		if err != nil || string(again.bytes()) != string(o.bytes()) {
			t.Errorf("%q became %q, %v", line, o.bytes(), err)
		}
	})
}

func TestFromFeedback(t *testing.T) {
	log := `{"time":"2026-01-01T10:00:00Z","tenant":"","answer":"trace-1","thumb":"up"}
not json
{"time":"2026-01-01T11:00:00Z","tenant":"","answer":"trace-2","thumb":"down","comment":"it is five days"}
{"time":"2026-01-01T12:00:00Z","tenant":"","answer":"trace-3","thumb":"up"}
{"time":"2026-01-01T13:00:00Z","tenant":"","answer":"trace-4","compare":{"with":"trace-1","better":"with"}}
{"time":"2026-01-01T14:00:00Z","tenant":"","answer":"trace-9","thumb":"up"}
{"time":"2026-01-01T15:00:00Z","tenant":"","answer":"trace-5","thumb":"up"}
{"time":"2026-01-01T16:00:00Z","tenant":"","answer":"trace-6","thumb":"up"}
{"time":"2026-01-01T17:00:00Z","tenant":"","answer":"trace-6","thumb":"down","comment":"on second thought"}
{"time":"2026-01-01T18:00:00Z","ten`
	thumbs, bad, err := ReadThumbs(strings.NewReader(log))
	if err != nil || len(thumbs) != 7 || len(bad) != 2 || bad[0] != 2 {
		t.Fatalf("%d thumbs, bad lines %v, %v", len(thumbs), bad, err)
	}
	answers := map[string]agent.Answer{
		"trace-1": {Question: "How long is the notice?", Text: "It is three weeks [1].", Citations: []agent.Citation{{N: 1, Source: "/docs/notice.md", Quote: "The notice is three weeks."}}},
		"trace-2": {Question: "연차는 며칠인가요?", Text: "사흘입니다 [1]."},
		"trace-3": {Question: "Who painted the door?", Text: "The documents do not tell.", Abstained: true},
		"trace-5": {Question: "how long is the notice", Text: "Three weeks [1]."},
		"trace-6": {Question: "When does it open?", Text: "At nine [1]."},
	}
	made, lost := FromFeedback(thumbs, func(v Thumb) (agent.Answer, bool) { a, ok := answers[v.Answer]; return a, ok },
		func(source string) string { return strings.TrimPrefix(source, "/docs/") })
	if lost != 1 || len(made) != 4 {
		t.Fatalf("%d lost, got %+v", lost, made)
	}
	notice, leave, door, open := made[0], made[1], made[2], made[3]
	if notice.Review != "" || len(notice.Answers) != 2 || notice.Answers[0] != "Three weeks." || notice.Evidence[0] != (Evidence{"notice.md", "The notice is three weeks."}) {
		t.Errorf("got %+v", notice)
	}
	if leave.Review != eval.ReviewOpen || leave.Comment != "it is five days" || leave.Language != "ko" {
		t.Errorf("got %+v", leave)
	}
	if door.Answerable || door.Review != "" {
		t.Errorf("got %+v", door)
	}
	if open.Review != eval.ReviewOpen || open.Comment != "on second thought" {
		t.Errorf("got %+v", open)
	}
	if !thumbs[0].Time.Before(time.Now()) {
		t.Error("no time was read")
	}
}

// Tenants have documents of their own: an answer to a question of one tenant is
// no answer for another.
func TestFromFeedbackKeepsTenantsApart(t *testing.T) {
	thumbs := []Thumb{
		{Tenant: "harbour", Answer: "trace-1", Thumb: "up"},
		{Tenant: "school", Answer: "trace-1", Thumb: "up"},
		{Tenant: "school", Answer: "trace-2", Thumb: "down", Comment: "not for us"},
	}
	made, _ := FromFeedback(thumbs, func(v Thumb) (agent.Answer, bool) {
		return agent.Answer{Question: "How long is the notice?", Text: map[string]string{"harbour": "Three weeks [1].", "school": "Two days [1]."}[v.Tenant]}, true
	}, func(source string) string { return source })
	if len(made) != 2 || made[0].ID == made[1].ID {
		t.Fatalf("got %+v", made)
	}
	for i, want := range []string{"Three weeks.", "Two days."} {
		if q := made[i]; len(q.Answers) != 1 || q.Answers[0] != want || (q.Comment != "") != (i == 1) {
			t.Errorf("question %d: %+v, want %s", i, q, want)
		}
	}
}
