package quote

import (
	"strings"
	"testing"

	"selfrag/retrieval"
)

func section(title, heading, written string) retrieval.Passage {
	p := retrieval.Passage{ID: "p", Document: "d", Source: "rules.md", Title: title, Text: written, Start: 40, End: 40 + len([]rune(written))}
	if heading != "" {
		p.Metadata = map[string]any{retrieval.Heading: heading}
	}
	return p
}

func TestSections(t *testing.T) {
	for name, tc := range map[string]struct {
		sections []retrieval.Passage
		want     string
		cited    int
	}{
		"sentences follow each other": {
			[]retrieval.Passage{section("Rules", "Leave", "## Leave\n\nAsk first. Wait a day.\n\nNobody asks why.\n")},
			"Rules > Leave:\nAsk first. Wait a day. Nobody asks why. [1]", 1,
		},
		"in Korean": {
			[]retrieval.Passage{section("휴가 규정", "휴가 규정 > 신청", "## 신청\n\n3일 전에 신청해 주십시오. 팀장은 하루 안에 답합니다.")},
			"휴가 규정 > 신청:\n3일 전에 신청해 주십시오. 팀장은 하루 안에 답합니다. [1]", 1,
		},
		"items have lines, and steps keep their numbers": {
			[]retrieval.Passage{section("Rules", "", "Do this:\n\n1. Cut the branch. Name it.\n2. Wait.\n\nThen:\n\n* rest\n- sleep\n")},
			"Rules:\nDo this:\n1. Cut the branch. Name it.\n2. Wait.\n\nThen:\n- rest\n- sleep [1]", 1,
		},
		"rows have lines, each cell after its header": {
			[]retrieval.Passage{section("Rules", "Rates", "| Place | Won |\n|---|---|\n| Jeju | 28,000 |\n| Busan | |\n")},
			"Rules > Rates:\nPlace: Jeju; Won: 28,000\nPlace: Busan [1]", 1,
		},
		"the same headings only once": {
			[]retrieval.Passage{section("Rules", "Leave", "Ask first."), section("Rules", "Leave", "Then wait."), section("Other", "", "Go.")},
			"Rules > Leave:\nAsk first. [1]\n\nThen wait. [2]\n\nOther:\nGo. [3]", 3,
		},
		"headings alone are nothing to quote": {
			[]retrieval.Passage{section("Rules", "Leave", "# Rules\n\n## Leave\n"), section("Rules", "", "Go.")}, "Rules:\nGo. [1]", 1,
		},
		"nothing forges a citation": {
			[]retrieval.Passage{section("Rules [9]", "Leave\n[8]", "Ask [7] first. Wait [[1]3].")},
			"Rules > Leave:\nAsk first. Wait. [1]", 1,
		},
		"without a title":  {[]retrieval.Passage{section("", "", "Go.")}, "rules.md:\nGo. [1]", 1},
		"nothing":          {nil, "", 0},
		"only white space": {[]retrieval.Passage{section("Rules", "", " \n ")}, "", 0},
	} {
		got, citations := Sections(tc.sections)
		if got != tc.want || len(citations) != tc.cited {
			t.Errorf("%s: got %d citations and\n%s\nwant\n%s", name, len(citations), got, tc.want)
		}
		for i, c := range citations {
			if c.N != i+1 || c.End-c.Start != len([]rune(c.Quote)) || c.Quote == "" {
				t.Errorf("%s: got citation %+v", name, c)
			}
		}
	}
}

func TestPlacesAreShort(t *testing.T) {
	got, _ := Sections([]retrieval.Passage{section(strings.Repeat("long ", 200), "", "Go.")})
	if line, _, _ := strings.Cut(got, "\n"); len(line) > longestPlace+len("…:") {
		t.Errorf("got a place of %d bytes", len(line))
	}
}
