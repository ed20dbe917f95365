package multihop

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"selfrag/retrieval/text"
)

// planLine is a line of a plan, or of its answers: "B = the mayor of A",
// "2. Who led #1?".
var planLine = regexp.MustCompile(`^\s*(?:([A-Z])\s*[=:]|(\d)\s*[.):=])\s*(.+?)\s*$`)

// Parse reads the plan of a question from what a model wrote: lines such as "B =
// the mayor of A" or "2. Who led #1?", among which other text may stand. A line
// that refers to itself or to a later one ends the plan, since nothing can be
// searched for it; so does a line that repeats an earlier one. Text that makes
// no plan becomes the question itself as the only sub-question.
func Parse(written, question string) Plan {
	var plan Plan
	var letters []string
	for line := range strings.Lines(written) {
		m := planLine.FindStringSubmatch(line)
		if m == nil || strings.TrimSpace(m[3]) == "" || len(plan) == MaxSubQuestions {
			continue // the pattern's spaces are those of ASCII alone
		}
		sub := m[3]
		for i, letter := range letters {
			sub = replaceWord(sub, letter, fmt.Sprintf("#%d", i+1))
		}
		letters = append(letters, m[1])
		if !refersBack(sub, len(plan)) || text.Among(plan, sub) {
			break
		}
		plan = append(plan, sub)
	}
	plan.askInFull(question)
	if len(plan) < 2 || text.Language(question) == "ko" && !slices.ContainsFunc(plan, text.HasHangul) {
		return Plan{question} // a plan in English searches Korean documents in English
	}
	return plan
}

// askInFull mends a last sub-question that a small model wrote as half a
// question ("does #1 report?"), which has lost what was asked: it becomes the
// question itself, with the reference in place of the description.
func (p Plan) askInFull(question string) {
	last := len(p) - 1
	if last < 1 || !strings.HasSuffix(p[last], "?") {
		return
	}
	for i, described := range p[:last] {
		if refersTo(p[last], i+1) && strings.Contains(question, described) {
			p[last] = strings.Replace(question, described, fmt.Sprintf("#%d", i+1), 1)
			return
		}
	}
}

// refersBack reports whether a sub-question refers to none but the n before it.
func refersBack(sub string, n int) bool {
	for _, m := range reference.FindAllStringSubmatch(sub, -1) {
		if len(m[1]) > 1 || m[1] == "0" || int(m[1][0]-'0') > n {
			return false
		}
	}
	return true
}

// replaceWord replaces a letter where it stands alone: "A" in "the mayor of A"
// or "A's", not in "Ana". An article is written small in a plan, or begins the
// line, where it is left alone.
func replaceWord(text, letter, with string) string {
	if letter == "" {
		return text
	}
	words := strings.Fields(text)
	for i, w := range words {
		rest, ok := strings.CutPrefix(strings.TrimLeft(w, "(\"'“‘"), letter)
		if !ok || i == 0 && len(words) > 1 && letter == "A" && rest == "" {
			continue
		}
		if rest == "" || !isWordByte(rest[0]) {
			words[i] = w[:len(w)-len(rest)-len(letter)] + with + rest
		}
	}
	return strings.Join(words, " ")
}

// isWordByte reports whether a Latin word goes on with a byte. Bytes of Hangul
// do not count: a particle follows a letter without a space.
func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}
