package pdf

import (
	"strings"
	"testing"
)

func TestWordsAreCutAtGaps(t *testing.T) {
	for name, tc := range map[string]struct {
		letters string
		gaps    []float64 // after each letter but the last, in font sizes
		want    string
	}{
		"a word and the beginning of the next":  {"eO", []float64{0.18}, "e O"},
		"two letters of a word":                 {"Th", []float64{-0.01}, "Th"},
		"two letters with a wide gap, then one": {"Thi", []float64{0.2, 0.01}, "T hi"},
		"letters set apart":                     {"SAFETY", []float64{0.33, 0.33, 0.33, 0.33, 0.33}, "SAFETY"},
		"three letters set apart":               {"NEW", []float64{0.3, 0.31}, "NEW"},
		"words of letters set apart":            {"ATSEA", []float64{0.3, 0.9, 0.3, 0.3}, "AT SEA"},
		"kerning":                               {"AVAIL", []float64{-0.07, -0.07, 0.02, 0}, "AVAIL"},
	} {
		const em = 10.0
		var run []glyph
		x := 0.0
		for i, r := range tc.letters {
			run = append(run, glyph{text: string(r), box: box{x, 0, x + 5, 10}})
			if x += 5; i < len(tc.gaps) {
				x += tc.gaps[i] * em
			}
		}
		var got []string
		for _, part := range words(run, upright, em) {
			var b strings.Builder
			for _, g := range part {
				b.WriteString(g.text)
			}
			got = append(got, b.String())
		}
		if s := strings.Join(got, " "); s != tc.want {
			t.Errorf("%s: got %q, want %q", name, s, tc.want)
		}
	}
}
