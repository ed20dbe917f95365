package sqlite

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// A passage must be found by each of its own terms, whatever the text.
func FuzzLexical(f *testing.F) {
	for _, s := range []string{
		"Word2Vec이란 무엇인가?", `" OR *`, "NEAR(a b)", "a\x00b", "Ａ１ｶﾞ", "İstanbul ẞ", "𝒳² ½", "ﷺ", "a a a b",
	} {
		f.Add(s)
	}
	c := newCollection(f, 2)
	f.Fuzz(func(t *testing.T, passage string) {
		if !utf8.ValidString(passage) || passage == "" {
			return
		}
		put(t, c, "fuzz", passage, "a passage beside it")
		all := slices.Collect(text.Terms(passage))
		for _, query := range append(all, passage) {
			found := lexical(t, c, query, 10)
			if len(queryTerms(query)) > 0 && !slices.Contains(idsOf(found), "fuzz-0") {
				t.Fatalf("%q does not find %q", query, passage)
			}
		}
	})
}

func TestQueryTerms(t *testing.T) {
	if got, want := queryTerms(`cat "CAT" dog*`), []string{"cat", "dog"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	long := strings.Repeat("가나다라마바사 abc def 12 34 ", 10_000)
	c := newCollection(t, 2)
	put(t, c, "doc", "가나")
	if got := lexical(t, c, long, 1); len(got) != 1 {
		t.Errorf("a query of %d bytes found %v", len(long), got)
	}
	var distinct strings.Builder
	for r := '가'; r < '가'+5000; r++ {
		distinct.WriteRune(r)
		distinct.WriteByte(' ')
	}
	if got := len(queryTerms(distinct.String())); got != maxQueryTerms {
		t.Errorf("a query of 5000 terms asks for %d", got)
	}
	if _, err := c.Lexical(t.Context(), retrieval.Request{Text: distinct.String(), K: 5}); err != nil {
		t.Error(err)
	}
}
