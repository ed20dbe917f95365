package text

import (
	"strings"
	"unicode"
)

// Language is the language of a short text by its script: "ko" when at least
// half of its words hold Hangul, or at least a third of its letters are Hangul,
// else "en". Words, because Korean technical questions are full of Latin names
// with a particle at the end, each longer than all that is Korean in it;
// letters, because a few names in a row outnumber a short question's words.
func Language(s string) string {
	hangul, letters := 0, 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Hangul, r):
			hangul++
			letters++
		case unicode.IsLetter(r):
			letters++
		}
	}
	if hangul == 0 {
		return "en"
	}
	all := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	korean := 0
	for _, w := range all {
		if HasHangul(w) {
			korean++
		}
	}
	if 2*korean >= len(all) || 3*hangul >= letters {
		return "ko"
	}
	return "en"
}

// HasHangul reports whether a text holds any Hangul.
func HasHangul(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}
