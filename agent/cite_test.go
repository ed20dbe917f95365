package agent

import (
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
)

func passagesOf(texts ...string) []retrieval.Passage {
	out := make([]retrieval.Passage, len(texts))
	for i, text := range texts {
		out[i] = retrieval.Passage{ID: string(rune('a' + i)), Source: "doc", Text: text, Start: 100, End: 100 + len([]rune(text))}
	}
	return out
}

func TestParseDraft(t *testing.T) {
	passages := passagesOf(
		"The Tamsin bridge was opened in 1931. It has two lanes.",
		"연차는 15일입니다. 남은 연차는 5일까지 이월됩니다.",
	)
	for _, tc := range []struct {
		name, text string
		sentences  []string
		cites      [][]int
		notFound   bool
	}{
		{"mark before the end", "It opened in 1931 [1].", []string{"It opened in 1931."}, [][]int{{0}}, false},
		{"mark after the end", "It opened in 1931. [1] It has two lanes. [1]", []string{"It opened in 1931.", "It has two lanes."}, [][]int{{0}, {0}}, false},
		{"several marks", "Both hold [1, 2] and [2].", []string{"Both hold and."}, [][]int{{0, 1}}, false},
		{"full-width mark", "5일까지 이월됩니다【2】.", []string{"5일까지 이월됩니다."}, [][]int{{1}}, false},
		{"points nowhere", "The Tamsin bridge was opened [7][0][99999999999999999999].", []string{"The Tamsin bridge was opened."}, [][]int{{0}}, false},
		{"forgotten mark", "남은 연차는 5일까지 이월됩니다.", []string{"남은 연차는 5일까지 이월됩니다."}, [][]int{{1}}, false},
		{"forgotten mark, unrelated", "Paris is in France.", []string{"Paris is in France."}, [][]int{nil}, false},
		{"not found", "NOT FOUND", nil, nil, true},
		{"not found in words", "Not found.", nil, nil, true},
		{"list", "- It opened in 1931 [1]\n- It has two lanes [1]", []string{"It opened in 1931", "It has two lanes"}, [][]int{{0}, {0}}, false},
		{"marks alone", "[1]", nil, nil, false},
		{"label before", "Passage 2: 5일까지 이월됩니다.", []string{"5일까지 이월됩니다."}, [][]int{{1}}, false},
		{"label alone", "**Passage 2**", nil, nil, false},
		{"label in a sentence", "Passage 2 of the report is short [1].", []string{"Passage 2 of the report is short."}, [][]int{{0}}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := parseDraft(tc.text, passages, givenNames{})
			if d.NotFound != tc.notFound || len(d.Sentences) != len(tc.sentences) {
				t.Fatalf("got %+v", d)
			}
			for i, s := range d.Sentences {
				if s.Text != tc.sentences[i] || !slices.Equal(s.Passages, tc.cites[i]) {
					t.Errorf("sentence %d: got %q citing %v, want %q citing %v", i, s.Text, s.Passages, tc.sentences[i], tc.cites[i])
				}
			}
		})
	}
}

// A sentence over two hops cites the last one only; the others are added, but
// never for a fact that no passage holds.
func TestParseDraftCitesAllHops(t *testing.T) {
	passages := passagesOf(
		"The Larkspur lamp is made by Tamsin Works.",
		"Tamsin Works has been led by Ana Ruiz since 2019.",
		"Ana Ruiz was born in Orrel.",
		"The town of Orrel has a harbour.",
	)
	for _, tc := range []struct {
		name, text string
		cites      []int
	}{
		{"two hops", "The head of the firm that makes the Larkspur lamp is Ana Ruiz [2].", []int{1, 0}},
		{"three hops", "The head of the firm that makes the Larkspur lamp since 2019 was born in Orrel [3].", []int{2, 1, 0}},
		{"no mark", "The maker of the Larkspur lamp has been led by Ana Ruiz.", []int{0, 1}},
		{"one is enough", "The head of Tamsin Works is Ana Ruiz [2].", []int{1}},
		{"a name of nowhere", "The head of the firm that makes the Larkspur lamp is Bea Soto [2].", []int{1}},
		{"a number of nowhere", "Ana Ruiz has led the firm that makes the Larkspur lamp since 2007 [2].", []int{1}},
	} {
		d := parseDraft(tc.text, passages, givenNames{})
		if len(d.Sentences) != 1 || !slices.Equal(d.Sentences[0].Passages, tc.cites) {
			t.Errorf("%s: got %+v, want citations %v", tc.name, d.Sentences, tc.cites)
		}
	}
}

func TestCiteQuotesVerbatim(t *testing.T) {
	p := passagesOf("The bridge is old. It was opened in 1931 by the mayor. It has two lanes.")[0]
	c := cite("The mayor opened it in 1931.", p)
	if c.Quote != "It was opened in 1931 by the mayor." || c.Start != 119 || c.End-c.Start != len([]rune(c.Quote)) {
		t.Errorf("got %+v", c)
	}
}

func FuzzCite(f *testing.F) {
	f.Add("claim of 5", "text. 본문 5일. more\n\nrow | cell")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, claim, text string) {
		text = strings.ToValidUTF8(text, "")
		p := passagesOf(text)[0]
		c := cite(claim, p)
		runes := []rune(text)
		if got := string(runes[c.Start-p.Start : c.End-p.Start]); got != c.Quote {
			t.Fatalf("quote %q, text there %q", c.Quote, got)
		}
	})
}

func FuzzParseDraft(f *testing.F) {
	f.Add("A fact [1]. Another【2】 [3, x]")
	f.Fuzz(func(t *testing.T, text string) {
		passages := passagesOf("some text here", "other text there")
		for _, s := range parseDraft(text, passages, givenNames{}).Sentences {
			for _, i := range s.Passages {
				if i < 0 || i >= len(passages) {
					t.Fatalf("sentence %q cites passage %d", s.Text, i)
				}
			}
			if strings.Contains(s.Text, "[1]") || strings.Contains(s.Text, "【1】") {
				t.Fatalf("mark left in %q", s.Text)
			}
		}
	})
}

func TestComposeNumbersCitations(t *testing.T) {
	passages := passagesOf("The bridge opened in 1931. It has two lanes.", "The mayor was Ana Ruiz.")
	text, citations := compose([]Sentence{
		{Text: "It opened in 1931.", Passages: []int{0}},
		{Text: "Ana Ruiz was mayor.", Passages: []int{1, 0}},
		{Text: "No passage holds this."},
		{Text: "it opened in 1931", Passages: []int{0}},
	}, passages)
	if want := "It opened in 1931. [1] Ana Ruiz was mayor. [2] [1]"; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	if len(citations) != 2 || citations[0].N != 1 || citations[1].N != 2 || citations[1].Quote != "The mayor was Ana Ruiz." {
		t.Errorf("got %+v", citations)
	}
}
