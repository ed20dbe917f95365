package ingest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"selfrag/retrieval/ingest/charset"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/plain"
)

// sharedData is the folder of data sets for measuring: $SELFRAG_DATA, or
// ../shared/data from the project's root.
func sharedData(tb testing.TB, elem ...string) string {
	tb.Helper()
	root := os.Getenv("SELFRAG_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		tb.Fatalf("this test reads the shared data; set SELFRAG_DATA to their folder: %v", err)
	}
	return path
}

// The glossary split as LangChain's RecursiveCharacterTextSplitter splits it.
func TestSplitGlossary(t *testing.T) {
	var first string
	for _, name := range []string{"utf8.txt", "cp949.txt", "euckr.txt"} {
		raw, err := os.ReadFile(sharedData(t, "appendix-keywords", name))
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := charset.Decode(raw)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if first == "" {
			first = text
		}
		if text != first {
			t.Errorf("%s: the text is not that of utf8.txt", name)
		}
		chunks := split([]rune(text), 500, 100)
		if len(chunks) != 15 {
			t.Errorf("%s: %d chunks, want 15", name, len(chunks))
		}
		for i, want := range []int{368, 492, 421, 390, 429, 390} {
			if got := chunks[i].Len(); got != want {
				t.Errorf("%s: chunk %d has %d runes, want %d", name, i, got, want)
			}
		}
	}
}

func TestSplit(t *testing.T) {
	tests := []struct {
		name          string
		text          string
		size, overlap int
		want          []string
	}{
		{"nothing", "", 10, 2, nil},
		{"white space", " \n\n\t ", 10, 2, nil},
		{"fits", "  a b c\n", 10, 2, []string{"a b c"}},
		{"paragraphs", "one two\n\nthree four\n\nfive", 12, 0, []string{"one two", "three four", "five"}},
		{"small paragraphs are merged", "one\n\ntwo\n\nthree", 10, 0, []string{"one\n\ntwo", "three"}},
		{"lines", "one two\nthree four\nfive", 12, 0, []string{"one two", "three four", "five"}},
		{"words share", "a b c d e f", 5, 3, []string{"a b c", "c d", "d e", "e f"}},
		{"cut anywhere", "abcdefghij", 4, 1, []string{"abcd", "defg", "ghij"}},
		{"cut at the size", "abcd", 4, 1, []string{"abcd"}},
		{"Hangul counts runes", "가나다라마바사", 3, 0, []string{"가나다", "라마바", "사"}},
		{"size of one", "ab c", 1, 0, []string{"a", "b", "c"}},
		{"ideographic space", "\u3000가\u3000", 3, 0, []string{"가"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := []rune(tt.text)
			var got []string
			for _, s := range split(text, tt.size, tt.overlap) {
				got = append(got, string(text[s.Start:s.End]))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// The same chunks as LangChain's splitter makes; testdata/langchain.py asked it.
func TestSplitAsLangChain(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "langchain.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Text          string
		Size, Overlap int
		Chunks        []string
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		text := []rune(c.Text)
		var got []string
		for _, s := range split(text, c.Size, c.Overlap) {
			got = append(got, string(text[s.Start:s.End]))
		}
		if !slices.Equal(got, c.Chunks) {
			t.Errorf("%q at %d/%d:\n got %q\nwant %q", c.Text, c.Size, c.Overlap, got, c.Chunks)
		}
	}
}

// A text far longer than any passage, with and without words.
func TestSplitHugeTexts(t *testing.T) {
	for _, text := range []string{strings.Repeat("가나다 ", 1_000_000), strings.Repeat("x", 10<<20)} {
		runes := []rune(text)
		checkSplit(t, runes, split(runes, 500, 100), 500)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("one two\n\nthree four\nfive", uint8(10), uint8(3))
	f.Add("가나다라마바사 아자차카\n\n타파하", uint8(4), uint8(1))
	f.Add("# A\n\n## B\n\n“간다.”라고 했다.그리고 갔다. Dr. Kim left. End", uint8(12), uint8(5))
	f.Add("A\n---\n- b\n1. c", uint8(3), uint8(1))
	f.Add("\n\n\n \n", uint8(1), uint8(0))
	f.Add("a\u0301\u00a0b\u2028c", uint8(2), uint8(1))
	f.Fuzz(func(t *testing.T, s string, size, overlap uint8) {
		if !utf8.ValidString(s) {
			return // loaders let none through
		}
		n := max(1, int(size))
		o := int(overlap) % n
		text := []rune(s)
		checkSplit(t, text, split(text, n, o), n)
		checkSplit(t, text, splitSentences(text, n, o), n)
		c, err := plain.Markdown(t.Context(), []byte(s), 0)
		if err != nil {
			return // not a text
		}
		text = []rune(c.Text)
		var sections []content.Span
		for _, p := range splitSections(text, within(c.Headings, content.Span{Start: 0, End: len(text)}), n, o) {
			if p.place < 0 || p.place > len(text) {
				t.Fatalf("place %d", p.place)
			}
			sections = append(sections, p.Span)
		}
		checkSplit(t, text, sections, n)
		for _, p := range splitParents(text, 3*n, n, o) {
			if p.Start < p.parent.Start || p.End > p.parent.End || p.parent.Len() > 3*n {
				t.Fatalf("%v is not in its parent %v", p.Span, p.parent)
			}
		}
	})
}

// checkSplit holds a split to what it promises.
func checkSplit(t *testing.T, text []rune, chunks []content.Span, size int) {
	t.Helper()
	covered, before := 0, 0
	for _, c := range chunks {
		if c.Start < before || c.Start >= c.End || c.End > len(text) {
			t.Fatalf("chunk %v after start %d in %d runes", c, before, len(text))
		}
		if c.Len() > size {
			t.Fatalf("chunk %v is longer than %d", c, size)
		}
		if unicode.IsSpace(text[c.Start]) || unicode.IsSpace(text[c.End-1]) {
			t.Fatalf("chunk %v has white space at an end", c)
		}
		for ; covered < c.Start; covered++ {
			if !unicode.IsSpace(text[covered]) {
				t.Fatalf("rune %d, %q, is in no chunk", covered, text[covered])
			}
		}
		covered, before = max(covered, c.End), c.Start
	}
	for ; covered < len(text); covered++ {
		if !unicode.IsSpace(text[covered]) {
			t.Fatalf("rune %d, %q, is in no chunk", covered, text[covered])
		}
	}
}
