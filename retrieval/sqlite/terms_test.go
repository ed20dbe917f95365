package sqlite

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"selfrag/retrieval"
	"selfrag/retrieval/terms"
)

func termsOf(text string) []string {
	var got []string
	terms.Each(text, func(term string) { got = append(got, term) })
	return got
}

func TestTerms(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"only punctuation", "?! … 「」 \"' *", nil},
		{"English", "Don't use C++20, please.", []string{"don", "t", "use", "c", "20", "please"}},
		{"accents stay", "Café", []string{"café"}},
		{"decomposed accents are composed", "Cafe\u0301", []string{"café"}},
		{"Korean in bigrams", "시중은행의 인가", []string{"시중", "중은", "은행", "행의", "인가"}},
		{"one syllable", "이 곳", []string{"이", "곳"}},
		{"script border", "Word2Vec이란", []string{"word2vec", "이란"}},
		{"number and counter", "2024년 3월", []string{"2024", "년", "3", "월"}},
		{"decomposed Hangul", "\u1112\u1161\u11ab\u1100\u1173\u11af", []string{"한글"}},
		{"full width", "ＡＢＣ　１２３", []string{"abc", "123"}},
		{"half-width kana", "ｶﾀｶﾅ", []string{"カタ", "タカ", "カナ"}},
		{"Japanese", "サーバーを使う", []string{"サー", "ーバ", "バー", "ーを", "を使", "使う"}},
		{"Chinese", "自然语言", []string{"自然", "然语", "语言"}},
		{"Han and Hangul in one run", "大한", []string{"大한"}},
		{"marks of a script with words", "हिन्दी में", []string{"हिन्दी", "में"}},
		{"Roman numerals by NFKC", "Ⅳ장", []string{"iv", "장"}},
		{"FTS5 syntax is no term", `a AND "b" NEAR(c) -d ^e:f*`, []string{"a", "and", "b", "near", "c", "d", "e", "f"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := termsOf(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A passage is found by each of its own terms, whatever the text: the index
// takes terms as they were prepared, and no query is a syntax error.
func FuzzTerms(f *testing.F) {
	for _, s := range []string{
		"Word2Vec이란 무엇인가?", `" OR *`, "NEAR(a b)", "terms:x", "a\x00b", "\xff\xfe", "Ａ１ｶﾞ", "İstanbul ẞ", "𝒳² ½", "ﷺ", "゛゜ー",
	} {
		f.Add(s)
	}
	c := newCollection(f, 2)
	f.Fuzz(func(t *testing.T, text string) {
		all := termsOf(text)
		for _, term := range all {
			if term == "" || strings.ContainsFunc(term, func(r rune) bool {
				return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r)
			}) {
				t.Fatalf("%q is a term of %q", term, text)
			}
		}
		if !utf8.ValidString(text) || text == "" {
			return
		}
		put(t, c, "fuzz", text, "a passage beside it")
		for _, query := range append(all, text) {
			found := lexical(t, c, query, 10)
			if len(termsOf(query)) > 0 && !slices.Contains(idsOf(found), "fuzz-0") {
				t.Fatalf("%q does not find %q", query, text)
			}
		}
	})
}

func TestMatchAny(t *testing.T) {
	if got, want := matchAny(`cat "CAT" dog*`), `"cat" OR "dog"`; got != want {
		t.Errorf("got %s, want %s", got, want)
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
	if got := strings.Count(matchAny(distinct.String()), " OR ") + 1; got != maxQueryTerms {
		t.Errorf("a query of 5000 terms asks for %d", got)
	}
	if _, err := c.Lexical(t.Context(), retrieval.Request{Text: distinct.String(), K: 5}); err != nil {
		t.Error(err)
	}
}
