package session

import (
	"strings"
	"testing"
	"time"

	"selfrag/agent"
)

func TestMarkdownOfAConversation(t *testing.T) {
	at := time.Date(2026, 3, 1, 18, 0, 0, 0, time.FixedZone("KST", 9*3600))
	kept := Session{Collection: "handbook", Updated: at, Turns: []Turn{
		{Asked: at, Answer: agent.Answer{Question: "When does the ferry leave?", Text: "At seven. [1]", Citations: []agent.Citation{
			{N: 1, Title: "Ferry", Source: "docs/ferry.md", Quote: "The ferry\nleaves at seven."}}}},
		{Asked: at, Answer: agent.Answer{Question: "연차는 며칠까지 이월됩니까?", Text: "5일까지 이월됩니다. [1]\n신청은 따로 합니다.", Citations: []agent.Citation{
			{N: 1, Source: "휴가.md", Quote: "5일까지 이월"}}}},
		{Asked: at, Answer: agent.Answer{Question: "Who leads?", Text: "The documents do not say.", Abstained: true}},
	}}
	const want = `# harbour

handbook, 2026-03-01 09:00:00

## When does the ferry leave?

At seven. \[1\]

Sources:

- \[1\] Ferry (docs/ferry.md): “The ferry leaves at seven.”

## 연차는 며칠까지 이월됩니까?

5일까지 이월됩니다. \[1\]\
신청은 따로 합니다.

출처:

- \[1\] 휴가.md: “5일까지 이월”

## Who leads?

The documents do not say.
`
	if got := kept.Markdown("harbour"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestMarkdownShowsMarksAsTheyAre holds the export to plain text: what a
// document or a model wrote makes no link, picture, markup or heading.
func TestMarkdownShowsMarksAsTheyAre(t *testing.T) {
	for text, want := range map[string]string{
		"![x](https://evil.example/?q=1)": `\!\[x\](https:\//evil.example/?q=1)`, "<script>alert(1)</script>": "&lt;script&gt;alert(1)&lt;/script&gt;",
		"# a\n# b": "\\# a\\\n\\# b", "a\n===": "a\\\n\\===", "- a\n1. b": "\\- a\\\n1\\. b", "    code": "code", "a\n\nb": "a\n\nb",
		"`x` *y* _z_ ~~w~~ |": "\\`x\\` \\*y\\* \\_z\\_ \\~\\~w\\~\\~ \\|", "&lt;": "&amp;lt;", `\`: `\\`, "a\r\nb": "a\\\nb",
		"www.evil.example a@b.c": `www\.evil.example a\@b.c`, "12 apples": "12 apples",
	} {
		if got := escaped(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	hostile := Session{Turns: []Turn{{Answer: agent.Answer{Question: "a\n# b\n", Text: "x", Citations: []agent.Citation{{N: 1, Source: "s", Quote: "a\n\n## c"}}}}}}
	if got := hostile.Markdown("t"); strings.Count(got, "\n## ") != 1 || strings.Count(got, "\n# ") != 0 {
		t.Errorf("a text made a heading:\n%s", got)
	}
}

func TestRenamedCollectionsTakeTheirSessionsAlong(t *testing.T) {
	s := In(t.TempDir())
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for name, collection := range map[string]string{"a": "old", "b": "old", "c": "other"} {
		f, kept, _, err := s.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		kept.Collection = collection
		if err := f.Save(kept, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.RenameCollection("old", "new"); err != nil {
		t.Fatal(err)
	}
	infos, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range infos {
		if want := map[string]string{"a": "new", "b": "new", "c": "other"}[info.Name]; info.Collection != want || !info.Updated.Equal(at) {
			t.Errorf("%+v, want %s", info, want)
		}
	}
}
