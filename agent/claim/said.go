package claim

import (
	"regexp"
	"strings"
)

var citationNumber = regexp.MustCompile(`\s*\[\d+\]`)

// Said returns the content of an answer's text. It removes the numbers of the
// citations, which mean nothing in another prompt, and the words that mark an
// answer as uncertain or as a quotation.
func Said(text string) string {
	return Unhedged(citationNumber.ReplaceAllString(text, ""))
}

// Unhedged removes from the text of an answer the words that mark it as
// uncertain or as a quotation. It keeps the numbers of the citations.
func Unhedged(text string) string {
	for _, words := range []map[string]string{hedges(), quoting()} {
		for _, prefix := range words {
			text = strings.TrimPrefix(text, prefix)
		}
	}
	return text
}

// hedges returns, by language, the words that begin an answer that is not
// certain.
func hedges() map[string]string {
	return map[string]string{"en": "Not certain: ", "ko": "확실하지 않습니다: "}
}

// Hedged returns the text with words in front that mark the answer as
// uncertain.
func Hedged(language, text string) string { return hedges()[language] + text }

// quoting returns, by language, the words that begin an answer that only quotes
// the evidence.
func quoting() map[string]string {
	return map[string]string{"en": "The documents say: ", "ko": "문서에는 이렇게 적혀 있습니다: "}
}

// Quoting returns the text with words in front that mark the answer as a
// quotation of the evidence.
func Quoting(language, text string) string { return quoting()[language] + text }
