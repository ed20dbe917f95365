package sqlite

import (
	"strings"

	"selfrag/retrieval/terms"
)

// maxQueryTerms bounds the work of one lexical search: FTS5's time grows with
// the number of terms. A question has some tens; only a pasted page has more,
// and its first terms tell enough.
const maxQueryTerms = 256

// indexed is a text as FTS5 indexes it: its terms, one space between.
func indexed(text string) string {
	var b strings.Builder
	terms.Each(text, func(term string) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(term)
	})
	return b.String()
}

// matchAny is the FTS5 query for passages that hold any term of the text, or
// empty when the text has none. Each term is quoted, so that none is read as
// an operator; terms hold no quotes. A term repeated in the question counts
// once.
func matchAny(text string) string {
	seen := map[string]bool{}
	var quoted []string
	terms.Each(text, func(term string) {
		if !seen[term] && len(quoted) < maxQueryTerms {
			seen[term] = true
			quoted = append(quoted, `"`+term+`"`)
		}
	})
	return strings.Join(quoted, " OR ")
}
