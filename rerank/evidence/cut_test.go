package evidence

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/retrieval"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestCut compares the pieces of texts with testdata/pieces.txt: a text between
// lines of "=", then its pieces, each with its headings.
func TestCut(t *testing.T) {
	path := filepath.Join("testdata", "pieces.txt")
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, part := range strings.Split(string(golden), "====\n")[1:] {
		source, _, _ := strings.Cut(part, "----\n")
		b.WriteString("====\n" + source + "----\n")
		p := passageOf(source)
		runes := []rune(p.Text)
		for _, c := range cut(0, p) {
			if got := string(runes[c.start:c.end]); got != c.text {
				t.Errorf("runes %d to %d are %q, not %q", c.start, c.end, got, c.text)
			}
			fmt.Fprintf(&b, "[%s] %s\n", c.heading, strings.ReplaceAll(c.text, "\n", "⏎"))
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if b.String() != string(golden) {
		t.Errorf("pieces are not those of %s (go test -update writes it anew):\n%s", path, b.String())
	}
}

// passageOf parses a text of the golden file. A first line "heading: ..." or
// "row:" is metadata.
func passageOf(source string) retrieval.Passage {
	p := retrieval.Passage{ID: "p", Text: strings.TrimSuffix(source, "\n"), Metadata: map[string]any{}}
	if first, rest, _ := strings.Cut(p.Text, "\n"); strings.HasPrefix(first, "heading: ") {
		p.Metadata[retrieval.Heading], p.Text = strings.TrimPrefix(first, "heading: "), rest
	} else if first == "row:" {
		p.Metadata[retrieval.Row], p.Text = 1.0, rest
	}
	return p
}

// FuzzCut checks that pieces are parts of the text, in order and without
// overlap.
func FuzzCut(f *testing.F) {
	f.Add("# 연차\n\n5일까지 이월합니다. 그 뒤는 없습니다.\n| a | b |\n|---|---|\n| 1 | 2 |")
	f.Add("문서 번호: HR-12\n공지일: 2022년 3월 14일\nWho? Me.")
	f.Fuzz(func(t *testing.T, s string) {
		p := retrieval.Passage{Text: s}
		runes := []rune(s)
		before := 0
		for _, c := range cut(0, p) {
			if c.start < before || c.end <= c.start || c.end > len(runes) {
				t.Fatalf("piece from %d to %d after %d, of %d runes", c.start, c.end, before, len(runes))
			}
			if string(runes[c.start:c.end]) != c.text {
				t.Fatalf("text of piece %d to %d is %q", c.start, c.end, c.text)
			}
			before = c.end
		}
	})
}
