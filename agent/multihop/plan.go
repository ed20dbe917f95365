package multihop

import (
	"fmt"
	"regexp"
	"strings"

	"selfrag/retrieval/text"
)

// Plan is a list of sub-questions that together answer a question, in the order
// in which they are answered. A sub-question refers to the answers of earlier
// sub-questions as #1, #2 and so on, by their numbers in the plan, from 1. If a
// question does not take several sub-questions, the plan holds only the
// question itself.
type Plan []string

// MaxSubQuestions is the maximum number of sub-questions that Parse reads. Not
// measured; questions that people ask take up to four.
const MaxSubQuestions = 4

var (
	// reference matches the number of another sub-question: "#1".
	reference = regexp.MustCompile(`#(\d+)`)
	// referring matches a reference with an attached particle or 's.
	referring = regexp.MustCompile(`#\d+\S*`)
)

// String returns a plan as numbered sub-questions: "#1 the firm; #2 the head of
// #1".
func (p Plan) String() string {
	lines := make([]string, len(p))
	for i, sub := range p {
		lines[i] = fmt.Sprintf("#%d %s", i+1, sub)
	}
	return strings.Join(lines, "; ")
}

// Lettered returns the lines of a plan with letters in place of numbers, such
// as "A = the firm" and "B = the head of A". Models read and write plans in
// this form.
func (p Plan) Lettered() []string {
	lines := make([]string, len(p))
	letters := map[int]string{}
	for i, sub := range p {
		lines[i] = letter(i+1) + " = " + Fill(sub, letters)
		letters[i+1] = letter(i + 1)
	}
	return lines
}

// letter returns the letter of the nth sub-question.
func letter(n int) string { return string(rune('A' + n - 1)) }

// Several returns the plan if at least two of its sub-questions have to be
// searched for, and nil otherwise.
func (p Plan) Several(question string) Plan {
	if p.Unknowns(question) < 2 {
		return nil
	}
	return p
}

// Unknowns returns the number of sub-questions that have to be searched for. A
// sub-question that is only a name from the question need not be searched for,
// unless it is the last.
func (p Plan) Unknowns(question string) int {
	n := 0
	for i, sub := range p {
		if _, named := namedIn(question, sub); !named || i == len(p)-1 {
			n++
		}
	}
	return n
}

// repeatedShare is a share of the words of a sub-question. If an earlier
// sub-question contains that share of them, the later sub-question counts as a
// repetition. Not measured.
const repeatedShare = 0.5

// Chains reports whether a later sub-question asks something about the answer
// of an earlier one. It ignores useless lines that small models also write:
// parts of the question that no other line refers to, names from the question,
// and repetitions of earlier lines.
func (p Plan) Chains(question string) bool {
	for i, sub := range p {
		if _, named := namedIn(question, sub); named {
			continue
		}
		for _, later := range p[i+1:] {
			if !refersTo(later, i+1) {
				continue
			}
			asks := text.Keywords(referring.ReplaceAllString(later, " "))
			if len(asks) > 0 && text.Share(asks, text.Keywords(sub)) < repeatedShare {
				return true
			}
		}
	}
	return false
}

// Asks returns the last sub-question with a pronoun of the language ("en" or
// "ko") in place of its reference (#1), such as "the mayor of it". It returns
// "" if the last sub-question has no reference.
func (p Plan) Asks(language string) string {
	if len(p) == 0 || !reference.MatchString(p[len(p)-1]) {
		return ""
	}
	it := "it"
	if language == "ko" {
		it = "그것"
	}
	return reference.ReplaceAllString(p[len(p)-1], it)
}

// Given returns the answer to the nth sub-question if no search is needed for
// it: the sub-question is only a name from the question, and a later
// sub-question refers to it. The answer is that name. n is between 1 and
// len(p).
func (p Plan) Given(question string, n int) (name string, ok bool) {
	name, ok = namedIn(question, p[n-1])
	return name, ok && p.Needed(n)
}

// Needed reports whether a later sub-question refers to the nth.
func (p Plan) Needed(n int) bool {
	for _, later := range p[n:] {
		if refersTo(later, n) {
			return true
		}
	}
	return false
}

// Fill replaces the references in a sub-question with answers. found holds the
// answers by the number of their sub-question. A reference without an answer is
// left unchanged.
func Fill(sub string, found map[int]string) string {
	return reference.ReplaceAllStringFunc(sub, func(ref string) string {
		if name := found[int(ref[1]-'0')]; name != "" {
			return name
		}
		return ref
	})
}

// Lacks reports whether a sub-question, after Fill, still refers to one of the
// first n sub-questions. If it does, it cannot be searched for.
func Lacks(sub string, n int) bool {
	for m := 1; m <= n; m++ {
		if refersTo(sub, m) {
			return true
		}
	}
	return false
}

// refersTo reports whether a sub-question refers to the answer of the nth.
func refersTo(sub string, n int) bool { return strings.Contains(sub, fmt.Sprintf("#%d", n)) }
