package term

import (
	"strings"
	"testing"

	"selfrag/agent"
	"selfrag/agent/claim"
)

func TestStepsSayWhyCodeRefuses(t *testing.T) {
	graded := func(text string, support agent.Grade) agent.SupportGraded {
		return agent.SupportGraded{Sentence: agent.Sentence{Sentence: claim.Sentence{Text: text}, Support: support}, Kept: support.Passes(0.5)}
	}
	for _, tc := range []struct {
		event agent.SupportGraded
		want  string
	}{
		{graded("It opened in 1931.", agent.Known(0.9)), "  grade-support    supported 0.90  It opened in 1931."},
		{graded("It opened in 1931.", agent.Known(0.2)), "  grade-support    not supported 0.20  It opened in 1931."},
		{graded("It costs 1300 won.", agent.RefutedBy(claim.Verdict{Refuted: true, Rule: claim.RuleNumber, Fact: "1300"})),
			"  grade-support    refused: no passage it cites holds 1300  It costs 1300 won."},
		{graded("요금은 1300원입니다.", agent.RefutedBy(claim.Verdict{Refuted: true, Rule: claim.RuleNumber, Fact: "1300"})),
			"  grade-support    거부: 인용한 문단에 없는 수 1300  요금은 1300원입니다."},
		{graded("It is \x1b[31mred.", agent.RefutedBy(claim.Verdict{Refuted: true, Rule: claim.RuleName, Fact: "\x1b[31mRed" + strings.Repeat("d", 100)})),
			"  grade-support    refused: no passage it cites names [31mRed" + strings.Repeat("d", 100) + "  It is [31mred."},
	} {
		var out strings.Builder
		v := &Steps{w: &out, columns: 80}
		v.Show(tc.event)
		if got := strings.TrimSuffix(out.String(), "\n"); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{
		{"short", 5, "short"},
		{"longer", 5, "long…"},
		{"한국어", 6, "한국어"},
		{"한국어 질문", 6, "한국…"},
		{"한국어 질문", 5, "한국…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"", 0, ""},
		{"any", 0, "…"},
		{"any", -5, "…"},
	} {
		if got := clip(c.text, c.columns); got != c.want {
			t.Errorf("%q in %d columns: got %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}

func TestWriteCitations(t *testing.T) {
	var b strings.Builder
	WriteCitations(&b, []agent.Citation{
		{N: 1, Title: "Leave", Source: "leave.md", Start: 3, End: 19, Quote: "Five days\nat most.", Metadata: map[string]any{
			"page": 2.0, "heading": "Rules", "folder": "hr", "modified": "2026-11-29T14:57:06Z", "team": "Seoul\x1b[31m", "연도": 2026.0}},
		{N: 2, Source: "plain.txt", End: 4, Quote: "Text"},
		{N: 3, Source: "long.md", End: 500, Quote: strings.Repeat("four ", 100)},
		{N: 4, Source: "긴.md", End: 401, Quote: strings.Repeat("가", 401)},
	})
	want := `
[1] Leave  leave.md[3:19]  p. 2  § Rules  (2026-11-29)
    “Five days
    at most.”
    team: Seoul[31m · 연도: 2026

[2] plain.txt  plain.txt[0:4]
    “Text”

[3] long.md  long.md[0:500]
    “` + strings.Repeat("four ", 24) + `…”

[4] 긴.md  긴.md[0:401]
    “` + strings.Repeat("가", 120) + ` …”
`
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
