package term

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"selfrag/rerank/evidence"
)

// evidenceToShow returns evidence of ordinary and of hostile documents.
func evidenceToShow() map[string]evidence.Found {
	oldPolicy := evidence.Sentence{Text: "재택근무는 일주일에 2일까지 하실 수 있습니다.", Source: "remote-2022.txt", Title: "재택근무 (2022년)", End: 25, Answers: 0.2}
	newPolicy := evidence.Sentence{Text: "재택근무는 일주일에 3일까지 하실 수 있습니다.", Source: "remote-2025.md", Title: "재택근무 (2025년)", End: 25, Answers: 0.9}
	hostileSentence := evidence.Sentence{Text: "\x1b[2Jx\u202e", Source: "a\x1b[31m.md\nforged: 5"}
	return map[string]evidence.Found{
		"english": {Answers: 0.934, OnePlace: 0.81, Coverage: 0.75, Sentences: []evidence.Sentence{
			{Text: "Up to 5 days of unused annual leave carry over to the next year, and lapse at the end of March.", Source: "benefits/annual-leave.md",
				Title: "Annual leave", Heading: "Annual leave > Carrying over", Start: 523, End: 618, Answers: 0.912,
				Metadata: map[string]any{"page": 3.0, "heading": "Annual leave", "modified": "2026-11-29T14:57:06Z"}, Copies: []string{"old/leave.txt", "사본.md"}},
			{Text: "city: Busan\nfloor: 2", Source: "offices.csv", Title: "offices", Heading: "city floor", Start: 40, End: 60, Answers: 0.02,
				Metadata: map[string]any{"row": 2.0}},
			{Text: "No title, no heading.", Source: "notes.txt", Start: 0, End: 21, Answers: 0.001},
		}},
		"korean": {Answers: 0.88, OnePlace: 0.5, Coverage: 1, Sentences: []evidence.Sentence{
			{Text: "쓰지 못한 연차는 다음 해로 최대 5일까지 이월할 수 있으며, 이월한 연차는 다음 해 3월 31일까지 사용하셔야 합니다.", Source: "복리후생/연차.md",
				Title: "연차휴가 안내", Heading: "연차휴가 안내 > 부여 일수 > 이월", Start: 523, End: 590, Answers: 0.73},
		}},
		"changes": {Answers: 0.9, OnePlace: 0.8, Coverage: 1, Sentences: []evidence.Sentence{newPolicy, oldPolicy}, Changes: []evidence.Change{
			{Now: newPolicy, Other: oldPolicy, Since: "2025-10-01", By: "document"},
			{Now: newPolicy, Other: oldPolicy, Since: "2025-10-01", By: "metadata"},
			{Now: oldPolicy, Other: newPolicy, Until: "2025-10-01", By: "document"},
			{Now: newPolicy, Other: oldPolicy},
		}},
		"hostile": {Changes: []evidence.Change{{Now: hostileSentence, Other: hostileSentence, Since: "2025"}}, Sentences: []evidence.Sentence{
			{Text: "\x1b[2J\x1b]0;owned\aread\u202ethis\r\u009b1A", Source: "a\x1b[31m.md\nforged: 1", Title: "t\x00\nforged: 2", Heading: "h\x1b[0m\nforged: 3",
				Copies: []string{"b\x1b.md\nforged: 4"}, Start: 1, End: 2, Answers: 0.5, Metadata: map[string]any{"modified": "\x1b[31m2026-11-29"}},
			{Text: strings.Repeat("x", 100), Source: strings.Repeat("긴", 60)},
		}},
		"nothing": {Sentences: []evidence.Sentence{}},
	}
}

func TestEvidenceView(t *testing.T) {
	for name, found := range evidenceToShow() {
		t.Run(name, func(t *testing.T) {
			got := evidenceText(found, Style{}, 80)
			golden := filepath.Join("testdata", "evidence", name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			for _, columns := range []int{1, 20, 80} {
				for line := range strings.Lines(evidenceText(found, Style{}, columns)) {
					line = strings.TrimSuffix(line, "\n")
					// If even the label does not fit, one letter follows it.
					if width := uniseg.StringWidth(line); width > max(columns, len("     since 2025-10-01  ")+2) {
						t.Errorf("%d columns of %d: %q", width, columns, line)
					}
					if strings.ContainsFunc(line, func(r rune) bool { return r < 0x20 || r == 0x7f || r >= 0x80 && r <= 0x9f || bidiControl(r) }) {
						t.Errorf("a control character in %q", line)
					}
					if strings.HasPrefix(line, "forged") {
						t.Errorf("a line of the document's own: %q", line)
					}
				}
			}
		})
	}
}

// In a pipe a sentence stays one line, however long it is.
func TestEvidenceIsNotWrappedInAPipe(t *testing.T) {
	var out bytes.Buffer
	long := strings.TrimSpace(strings.Repeat("word ", 200))
	if err := PrintEvidence(&out, evidence.Found{Sentences: []evidence.Sentence{{Text: long}}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), long) {
		t.Errorf("got %s", &out)
	}
}
