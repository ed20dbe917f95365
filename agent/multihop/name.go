package multihop

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// parenthesis matches text in parentheses with the space before it.
var parenthesis = regexp.MustCompile(`\s*[(（][^)）]*[)）]`)

// namesOf returns at most n names in a passage, to be filled into the next
// sub-question: the title, then the names in the text, in order. It leaves out
// names in the text that the question already contains, because they find
// nothing new.
func namesOf(p retrieval.Passage, question string, n int) []string {
	var out []string
	asked := " " + plain(question) + " "
	add := func(name string, always bool) {
		name = strings.Trim(parenthesis.ReplaceAllString(name, ""), " .,'’\"-")
		if len(out) >= n || len([]rune(name)) < 2 || text.IsFunctionWord(plain(name)) ||
			slices.ContainsFunc(out, func(have string) bool { return strings.EqualFold(have, name) }) {
			return
		}
		if always || !strings.Contains(asked, " "+plain(name)+" ") {
			out = append(out, name)
		}
	}
	add(p.Title, true)
	for _, name := range text.PossibleNames(p.Text) {
		add(name, false)
	}
	return out
}

// namedIn reports whether a sub-question is only a name that the question
// contains, so that there is nothing to search for. It returns the name without
// an article.
func namedIn(question, sub string) (string, bool) {
	name := strings.TrimSpace(sub)
	for _, article := range []string{"the ", "The ", "a ", "an "} {
		name = strings.TrimPrefix(name, article)
	}
	if name == "" || !strings.Contains(strings.ToLower(question), strings.ToLower(name)) {
		return "", false
	}
	for _, w := range text.Words(name) {
		r := []rune(w)
		if unicode.IsLower(r[0]) && !slices.Contains([]string{"of", "the", "de", "la", "and", "s"}, w) || unicode.Is(unicode.Hangul, r[0]) {
			return "", false
		}
	}
	return name, true
}

// sameName reports whether a name equals a title, ignoring case, punctuation
// and text in parentheses.
func sameName(name, title string) bool {
	bare := func(s string) string { return plain(parenthesis.ReplaceAllString(s, "")) }
	return bare(name) != "" && bare(name) == bare(title)
}

// plain returns the words of a text in lower case, without punctuation.
func plain(s string) string { return strings.Join(text.Words(strings.ToLower(s)), " ") }
