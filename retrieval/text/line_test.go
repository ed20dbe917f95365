package text

import "testing"

func TestFirstLine(t *testing.T) {
	for written, want := range map[string]string{
		"Who leads it?":                      "Who leads it?",
		"\n “Who leads it?”\nBecause I say.": "Who leads it?",
		`"누가 이끄나요?" `:                        "누가 이끄나요?",
		" \n":                                "",
	} {
		if got := FirstLine(written); got != want {
			t.Errorf("%q: got %q, want %q", written, got, want)
		}
	}
}

func TestShortened(t *testing.T) {
	for _, tc := range []struct {
		text  string
		runes int
		want  string
	}{
		{"two  lanes,\none way", 40, "two lanes, one way"},
		{"two lanes", 9, "two lanes"},
		{"two lanes, one way", 16, "two lanes, one…"},
		{"a bridgeoftamsin", 8, "a bridg…"}, // no space near the end
		{"다리는 1931년에 열렸다", 9, "다리는 1931…"},
		{"two", 1, "…"},
		{"two", 0, "…"},
	} {
		if got := Shortened(tc.text, tc.runes); got != tc.want {
			t.Errorf("%q to %d: got %q, want %q", tc.text, tc.runes, got, tc.want)
		}
	}
}
