package text

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSentences(t *testing.T) {
	tests := []struct {
		name string
		want []string // joined with spaces they are the text
	}{
		{"nothing", nil},
		{"English", []string{"The gate opens.", "Does it close?", "Yes!", "Really?!", "It does…", "End"}},
		{"Korean", []string{"문이 열린다.", "정말요?", "네!", "그렇습니다.", "끝"}},
		{"abbreviations", []string{"Dr. Kim met Mr. J. Park, e.g. on Jan. 5 at No. 7.", "He left."}},
		{"figures", []string{"See fig. 3 and Fig. 4.", "It is so, cf. Table 2 on p. 8.", "It opened on Dec. 5.", "Look at No. 7 first."}},
		{"ends", []string{"He said no.", "It was in Dec.", "They left."}},
		{"decimals and dates", []string{"It costs 3.14 euros, since 2026. 3. 1. at least.", "버전 1.2.3을 쓴다."}},
		{"a date and its particle", []string{"이 규정은 2026. 3. 1. 부터 시행한다.", "개정은 이사회가 한다."}},
		{"a date without spaces", []string{"이 규정은 2026.3.1. 부터 시행한다.", "개정은 2026.3.1.(월)에 한다."}},
		{"a year and a month", []string{"이 규정은 2026. 3. 중에 시행한다.", "끝"}},
		{"a month and a day", []string{"해마다 3. 1. 부터 12. 31. 까지 받는다.", "끝"}},
		{"a period", []string{"기간은 2026. 3. 1. ~ 2026. 3. 31. 까지이다.", "기간은 '26. 3. 1. (일) 하루이다."}},
		{"a date in brackets", []string{"규정(2026. 3. 1.) 이전의 일이다.", "끝"}},
		{"a date ends", []string{"It begins on 2026. 3. 1.", "The rule stays.", "값은 3.1.", "다음은 4이다."}},
		{"no date", []string{"방은 15.", "다음 방은 16이다.", "점수는 40. 50. 60.", "끝이다."}},
		{"articles", []string{"제3조. 목적은 이렇다.", "제3조의2. 정의는 이렇다.", "근거는 상법 제3조. 제2항이다.", "근거는 상법 제3조.", "다음을 본다."}},
		{"letters of a list", []string{"가. 목적은 이렇다.", "나. 범위는 이렇다.", "그는 가.", "나는 온다."}},
		{"quotes", []string{`He said "Go." and went.`, `"Stay!" she said.`, "“간다.”라고 말했다.", "“왜?”라고 그는 물었다."}},
		{"quotes that end", []string{"He said “no.”", "Then he left.", "Wait... what?!", "Yes"}},
		{"brackets", []string{"It works (mostly.)", "그렇다(대체로.)", "End."}},
		{"a number ends", []string{"There are 400.", "They left."}},
		{"domain names", []string{"See example.org for more.", "V2.0이 나왔다."}},
		{"a small letter goes on", []string{"approx. ten vs. twelve etc. and so on.", "Next."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := sentencesOf(strings.Join(tt.want, " ")); !slices.Equal(got, tt.want) {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
	// Texts without white space between the sentences.
	for s, want := range map[string][]string{
		"  \n ": nil,
		"문을 열었다.그리고 닫았다.끝":                         {"문을 열었다.", "그리고 닫았다.", "끝"},
		"갔어요.“안녕”이라고 했죠.A가 왔다":                     {"갔어요.", "“안녕”이라고 했죠.", "A가 왔다"},
		"第一条。第二条です。 終わり":                           {"第一条。", "第二条です。", "終わり"},
		"제3.1조와 다.1호":                              {"제3.1조와 다.1호"},
		"# 제목\n본문이\n이어진다. 끝\n\n다음":                 {"# 제목", "본문이\n이어진다.", "끝", "다음"},
		"목록:\n- 하나\n- 둘\n1. First item\n2. Second": {"목록:", "- 하나", "- 둘", "1. First item", "2. Second"},
		"| a | b |\n| c | d |":                     {"| a | b |", "| c | d |"},
		"시행일: 2026. 3. 1.\n부칙은 없다.":                {"시행일: 2026. 3. 1.", "부칙은 없다."},
		"제3조. 목적\n\n제4조. 정의":                       {"제3조. 목적", "제4조. 정의"},
	} {
		if got := sentencesOf(s); !slices.Equal(got, want) {
			t.Errorf("%q: got %q\nwant %q", s, got, want)
		}
	}
}

func sentencesOf(s string) []string {
	runes := []rune(s)
	var out []string
	for _, span := range TrimmedSentences(runes) {
		out = append(out, string(runes[span.Start:span.End]))
	}
	return out
}

func TestWholeSentences(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", ""},
		{"It opened in 19", "It opened in 19"},
		{"It opened in 1931. It has two", "It opened in 1931."},
		{"It opened in 1931 [1]. It has two lanes [2", "It opened in 1931 [1]."},
		{"It opened in 1931. It has two lanes.", "It opened in 1931. It has two lanes."},
		{"He said “no.” She said “yes.”", "He said “no.” She said “yes.”"},
		{"A = Who owns it?\nB = Who lea", "A = Who owns it?"},
		{"A = owner\nB = lea", "A = owner"},
		{"A = owner\nB = leader\n", "A = owner\nB = leader\n"},
		{"연차는 15일입니다. 다음 해로 5", "연차는 15일입니다."},
		{"이 규정은 2026. 3. 1. 부터 시행한다. 개정은 2026. 4", "이 규정은 2026. 3. 1. 부터 시행한다."},
	} {
		if got := WholeSentences(tc.text); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestTrimListMark(t *testing.T) {
	for line, want := range map[string]string{
		"- one": "one", "* one": "one", "•  one": "one", "1. one": "one", "12) one": "one", "가. 하나": "하나", "  2. 둘": "둘",
		"3. 1. 부터 한다": "3. 1. 부터 한다", "2026. 3. 1.": "2026. 3. 1.", "1. 1931 is a year": "1931 is a year", "one": "one", "1.5 litres": "1.5 litres", "-1 is less": "-1 is less", "": "",
	} {
		if got := TrimListMark(line); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

// holdsTogether checks what every user of sentences relies on: together they
// are the whole text, none is empty, and each of them alone is one sentence.
func holdsTogether(t *testing.T, s string) {
	t.Helper()
	runes := []rune(s)
	at := 0
	for _, span := range Sentences(runes) {
		if span.Start != at || span.End <= span.Start || span.End > len(runes) {
			t.Fatalf("%v comes after %d in %d runes of %q", span, at, len(runes), s)
		}
		at = span.End
		for _, part := range []Span{span, Trimmed(runes, span)} {
			alone := runes[part.Start:part.End]
			if again := Sentences(alone); len(alone) > 0 && !slices.Equal(again, []Span{{0, len(alone)}}) {
				t.Fatalf("%q is the sentences %v, not one", string(alone), again)
			}
		}
	}
	if at != len(runes) {
		t.Fatalf("the sentences end at %d of %d runes of %q", at, len(runes), s)
	}
	whole := WholeSentences(s)
	if utf8.ValidString(s) && !strings.HasPrefix(s, whole) {
		t.Fatalf("%q does not begin with its whole sentences, %q", s, whole)
	}
}

// TestTheSplitterAgreesWithItself runs holdsTogether on every text of the
// repository.
func TestTheSplitterAgreesWithItself(t *testing.T) {
	read := 0
	for _, root := range []string{"../../README.md", "../../docs", "../../examples", "../../prompts"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil || !utf8.Valid(content) {
				return err
			}
			holdsTogether(t, string(content))
			read++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 40 {
		t.Errorf("only %d texts were read", read)
	}
	for _, page := range corpus(t, "autorag-ko") {
		holdsTogether(t, page)
	}
}

func FuzzSentences(f *testing.F) {
	for _, s := range []string{
		"One. Two? 셋. “Four.” 5.5", "이 규정은 2026. 3. 1. 부터 시행한다. 끝", "제3조. 제2항", "- a\n- b\n\n# c\n| d |", "했다.그리고", "see fig. 3, No. 7. Dec.\n5", " #\n0", "\v| a\n0. b",
	} {
		f.Add(s)
	}
	f.Fuzz(holdsTogether)
}
