package text

import "testing"

func TestTokens(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 1, "abcd": 1, "abcde": 2, "다리": 2, "the 다리": 3} {
		if got := Tokens(s); got != want {
			t.Errorf("%q: got %d, want %d", s, got, want)
		}
	}
}
