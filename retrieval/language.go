package retrieval

import (
	"strings"
	"unicode"
)

// Language tells the language of a short text by its script: "ko" when at
// least half of its words hold Hangul, or at least a third of its letters are,
// else "en". Words, because Korean technical questions are full of Latin names
// with a particle at the end, each longer than all that is Korean in it;
// letters, because a few names in a row outnumber a short question's words.
func Language(text string) string {
	hangul, letters := 0, 0
	for _, r := range text {
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
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	korean := 0
	for _, w := range words {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) {
			korean++
		}
	}
	if 2*korean >= len(words) || 3*hangul >= letters {
		return "ko"
	}
	return "en"
}
