package claim

import (
	"regexp"
	"strings"
)

var citationNumber = regexp.MustCompile(`\s*\[\d+\]`)

// Said is what an answer's text says: without the numbers of its citations,
// which mean nothing in another prompt, and without the words that it is not
// certain.
func Said(text string) string {
	return Unhedged(citationNumber.ReplaceAllString(text, ""))
}

// Unhedged is an answer's text, with the numbers of its citations, without the
// words that it is not certain.
func Unhedged(text string) string {
	for _, words := range hedges() {
		text = strings.TrimPrefix(text, words)
	}
	return text
}

// hedges begin the text of an answer that is not certain, by language.
func hedges() map[string]string {
	return map[string]string{"en": "Not certain: ", "ko": "확실하지 않습니다: "}
}

// Hedged is the text of an answer that is not certain.
func Hedged(language, text string) string { return hedges()[language] + text }
