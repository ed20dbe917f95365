package retrieval

import "unicode"

// Language tells the language of a short text by its script: "ko" when at
// least a third of its letters are Hangul, else "en". A third, because Korean
// technical questions are full of Latin names.
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
	if letters > 0 && 3*hangul >= letters {
		return "ko"
	}
	return "en"
}
