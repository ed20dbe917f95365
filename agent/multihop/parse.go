package multihop

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"selfrag/retrieval/text"
)

// planLine matches a line of a plan or of the answers to a plan, such as "B =
// the mayor of A" or "2. Who led #1?".
var planLine = regexp.MustCompile(`^\s*(?:([A-Z])\s*[=:]|(\d)\s*[.):=])\s*(.+?)\s*$`)

// Parse reads the plan of a question from a model's text: lines such as "B =
// the mayor of A" or "2. Who led #1?", possibly among other text. The plan ends
// before a line that repeats an earlier line. It also ends before a line that
// refers to itself or to a later line, because such a line cannot be searched
// for. If the text contains no plan, Parse returns a plan with the question as
// the only sub-question.
func Parse(written, question string) Plan {
	var plan Plan
	var letters []string
	for line := range strings.Lines(written) {
		m := planLine.FindStringSubmatch(line)
		if m == nil || strings.TrimSpace(m[3]) == "" || len(plan) == MaxSubQuestions {
			continue // planLine trims ASCII spaces only, so m[3] may consist of other spaces
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
		return Plan{question} // an English plan for a Korean question would search in English
	}
	return plan
}

// askInFull corrects a last sub-question that lacks its question word, such as
// "does #1 report?". Small models write that. askInFull replaces it by the
// question itself, with "#1" in place of the text of sub-question 1.
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

// refersBack reports whether all references in a sub-question are to the first
// n sub-questions.
func refersBack(sub string, n int) bool {
	for _, m := range reference.FindAllStringSubmatch(sub, -1) {
		if len(m[1]) > 1 || m[1] == "0" || int(m[1][0]-'0') > n {
			return false
		}
	}
	return true
}

// replaceWord replaces a letter that is a word by itself, such as "A" in "the
// mayor of A" or "A's", but not in "Ana". The word A at the beginning of the
// text stays, because it may be the article.
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

// isWordByte reports whether a byte can be part of a Latin word. It returns
// false for bytes of Hangul, because a Korean particle follows a letter such as
// A without a space.
func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}
