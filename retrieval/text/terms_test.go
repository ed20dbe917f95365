package text

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func termsOf(s string) []string {
	var got []string
	for term := range Terms(s) {
		got = append(got, term)
	}
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
		{"Latin letters lose their marks", "Café Müller", []string{"cafe", "muller"}},
		{"decomposed ones, too", "Cafe\u0301", []string{"cafe"}},
		{"a soft hyphen", "elec\u00adtro\u00aden\u00adceph\u00adalogram", []string{"electroencephalogram"}},
		{"a space of no width", "개인\u200b정보\u2060는", []string{"개인", "인정", "정보"}},
		{"marks of direction", "\u202alot\u200e 7\ufeffb", []string{"lot", "7b"}},
		{"digits in groups", "12,000원 5,000mAh 3,200㎡ 1,234,567.5", []string{"12000", "원", "5000mah", "3200m2", "1234567", "5"}},
		{"a list of numbers", "1,20,300 12,3456 1,234,5", []string{"1", "20", "300", "12", "3456", "1", "234", "5"}},
		{"numbers in Korean", "3만 원 30,000원 1억 2천만원 2.5만", []string{"30000", "원", "30000", "원", "120000000", "원", "25000"}},
		{"a name with a particle", "A4만 쓴다", []string{"a4", "만", "쓴다"}},
		{"Korean in bigrams", "시중은행의 인가", []string{"시중", "중은", "은행", "인가"}},
		{"particles", "은행은 은행이 은행을 은행에서", []string{"은행", "은행", "은행", "은행", "행에", "에서"}},
		{"a word of two syllables keeps what looks like a particle", "회의 제도 결과를", []string{"회의", "제도", "결과"}},
		{"spaces left out", "워드투벡", []string{"워드", "드투", "투벡"}},
		{"spaces put in", "워드 투 벡", []string{"워드", "투", "벡"}},
		{"compatibility jamo", "ㅋㅋ", []string{"\u110f\u110f"}},
		{"Hanja", "漢字는", []string{"漢字"}},
		{"compatibility Hanja", "\uf9d4", []string{"倫"}},
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
		{"query syntax is no term", `a AND "b" NEAR(c) -d ^e:f*`, []string{"a", "and", "b", "near", "c", "d", "e", "f"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := termsOf(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Terms contain only letters, marks and numbers, and so neither spaces nor the
// syntax of a query language. They do not depend on how the letters of a text
// are composed, and they are the same each time.
func FuzzTerms(f *testing.F) {
	for _, s := range []string{
		"Word2Vec이란 무엇인가?", `" OR *`, "NEAR(a b)", "terms:x", "a\x00b", "\xff\xfe", "Ａ１ｶﾞ", "İstanbul ẞ", "𝒳² ½", "ﷺ", "゛゜ー", "ㅎㅏㄴ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all := termsOf(text)
		for _, term := range all {
			if term == "" || strings.ContainsFunc(term, func(r rune) bool {
				return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r)
			}) {
				t.Fatalf("%q is a term of %q", term, text)
			}
		}
		for name, form := range map[string]norm.Form{"NFC": norm.NFC, "NFD": norm.NFD} {
			if got := termsOf(form.String(text)); !slices.Equal(got, all) {
				t.Fatalf("%q in %s has terms %q, not %q", text, name, got, all)
			}
		}
	})
}
