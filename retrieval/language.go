package retrieval

import (
	"strings"
	"unicode"
)

// Language tells the language of a short text by its script: "ko" when at
// least a third of its letters are Hangul or half of its words hold some, else
// "en". Korean questions are full of Latin names, which are long and have
// Korean particles at their ends ("Tidegate와 Coldfinch는 누가 맡나요?").
func Language(text string) string {
	hangul, letters := 0, 0
	korean, words := 0, 0
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		before := hangul
		for _, r := range word {
			letters++
			if unicode.Is(unicode.Hangul, r) {
				hangul++
			}
		}
		words++
		if hangul > before {
			korean++
		}
	}
	if hangul > 0 && (3*hangul >= letters || 2*korean >= words) {
		return "ko"
	}
	return "en"
}
