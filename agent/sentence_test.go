package agent

import (
	"slices"
	"testing"
)

func TestSentenceSpans(t *testing.T) {
	for _, tc := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"  \n ", nil},
		{"One. Two? Three!", []string{"One.", "Two?", "Three!"}},
		{"No end", []string{"No end"}},
		{"It is 3.5 m long. J. Kim measured it.", []string{"It is 3.5 m long.", "J. Kim measured it."}},
		{"He said “no.” Then he left.", []string{"He said “no.”", "Then he left."}},
		{"Wait... what?! Yes", []string{"Wait...", "what?!", "Yes"}},
		{"연차는 15일입니다. 다음 해로 5일까지 이월됩니다.", []string{"연차는 15일입니다.", "다음 해로 5일까지 이월됩니다."}},
		{"제목\n본문입니다.\n| 팀 | 팀장 |", []string{"제목", "본문입니다.", "| 팀 | 팀장 |"}},
		{"第一条。第二条です。 終わり", []string{"第一条。第二条です。", "終わり"}},
		{"Dr. Han came. Mr. Oh left.", []string{"Dr. Han came.", "Mr. Oh left."}},
	} {
		runes := []rune(tc.text)
		var got []string
		for _, s := range sentenceSpans(runes) {
			got = append(got, string(runes[s.start:s.end]))
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("sentences of %q: got %q, want %q", tc.text, got, tc.want)
		}
	}
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
		{"A = owner\nB = leader\n", "A = owner\nB = leader\n"},
		{"연차는 15일입니다. 다음 해로 5", "연차는 15일입니다."},
	} {
		if got := wholeSentences(tc.text); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

func FuzzSentenceSpans(f *testing.F) {
	f.Add("One. Two? 셋. “Four.” 5.5")
	f.Fuzz(func(t *testing.T, text string) {
		runes := []rune(text)
		end := 0
		for _, s := range sentenceSpans(runes) {
			if s.start < end || s.end <= s.start || s.end > len(runes) {
				t.Fatalf("span %v after %d in %d runes of %q", s, end, len(runes), text)
			}
			end = s.end
		}
	})
}
