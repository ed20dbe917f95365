package text

import (
	"strings"
	"unicode"
)

// Language returns the language of a short text by its script. It returns "ko"
// if at least half of the words contain Hangul, or if at least a third of the
// letters are Hangul, and "en" otherwise. Words are counted because Korean
// technical questions are full of Latin names with a particle at the end, each
// of them longer than its Korean part. Letters are counted because a few names
// in a row outnumber the words of a short question.
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

// HasHangul reports whether a text contains Hangul.
func HasHangul(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}
