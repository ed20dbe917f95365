package main

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words returns the words of a text as both programs would write them. Hyphens
// are left out, because each program joins other words at the ends of lines.
// Characters of scripts without spaces are words of their own.
func words(s string) []string {
	s = norm.NFKC.String(strings.ToLower(s))
	s = strings.NewReplacer("-\n", "", "-", "", "\u2010\n", "", "\u2010", "", "\u00ad", "").Replace(s)
	var out []string
	var b strings.Builder
	end := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			end()
			out = append(out, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // accents, which stand before or behind their letters
		default:
			end()
		}
	}
	end()
	return out
}
