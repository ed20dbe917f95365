package claim

import (
	"regexp"
	"slices"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// leastVerbatim is the minimum share of a claim's words in a sentence that says
// the claim almost word for word. Not measured.
const leastVerbatim = 0.85

// denies matches words that negate a statement or limit it.
var denies = regexp.MustCompile(`(?i)\b(?:not|no|never|none|neither|nor|without|except|unless|cannot|only)\b|n['’]t\b|않|못|없|아니|아닌|제외|금지|안\s|만\s`)

// WordForWord reports whether a sentence says a claim almost word for word. The
// sentence must contain nearly all words of the claim and all its numbers and
// names, and must contain a negation if and only if the claim does. above is
// the text above the sentence, such as its title and heading, whose words count
// too. WordForWord is stricter than Check, which only refutes.
func WordForWord(claimed, sentence, above string) bool {
	said := text.Keywords(claimed)
	if len(said) == 0 || denies.MatchString(claimed) != denies.MatchString(sentence) {
		return false
	}
	whole := above + " " + sentence
	words := text.Words(text.Fold(whole))
	if !holdsNumbers(whole, text.Numbers(claimed)) ||
		slices.ContainsFunc(text.Names(claimed), func(n string) bool { return !slices.Contains(words, text.Fold(n)) }) {
		return false
	}
	return text.Share(said, text.Keywords(whole)) >= leastVerbatim
}

// holdsNumbers reports whether a text contains all of some numbers, in any notation.
func holdsNumbers(s string, numbers []string) bool {
	there := text.Numbers(s)
	return !slices.ContainsFunc(numbers, func(n string) bool { return !slices.Contains(there, n) })
}

// StandsIn reports whether a sentence in the cited passages says a claim almost
// word for word.
func StandsIn(s Sentence, passages []retrieval.Passage) bool {
	return slices.ContainsFunc(s.Passages, func(n int) bool {
		runes := []rune(passages[n].Text)
		return slices.ContainsFunc(text.TrimmedSentences(runes), func(span text.Span) bool {
			return WordForWord(s.Text, string(runes[span.Start:span.End]), passages[n].Title)
		})
	})
}
