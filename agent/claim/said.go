package claim

import (
	"regexp"
	"strings"
)

var citationNumber = regexp.MustCompile(`\s*\[\d+\]`)

// Said is what an answer's text says: without the numbers of its citations,
// which mean nothing in another prompt, and without the words that it is not
// certain or a quotation.
func Said(text string) string {
	return Unhedged(citationNumber.ReplaceAllString(text, ""))
}

// Unhedged is an answer's text, with the numbers of its citations, without the
// words that it is not certain or a quotation.
func Unhedged(text string) string {
	for _, words := range []map[string]string{hedges(), quoting()} {
		for _, prefix := range words {
			text = strings.TrimPrefix(text, prefix)
		}
	}
	return text
}

// hedges begin the text of an answer that is not certain, by language.
func hedges() map[string]string {
	return map[string]string{"en": "Not certain: ", "ko": "확실하지 않습니다: "}
}

// Hedged is the text of an answer that is not certain.
func Hedged(language, text string) string { return hedges()[language] + text }

// quoting begins the text of an answer that is the evidence itself, by language.
func quoting() map[string]string {
	return map[string]string{"en": "The documents say: ", "ko": "문서에는 이렇게 적혀 있습니다: "}
}

// Quoting is the text of an answer that is the evidence itself.
func Quoting(language, text string) string { return quoting()[language] + text }
