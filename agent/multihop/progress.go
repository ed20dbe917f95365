package multihop

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/agent/claim"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Progress holds the answers to the sub-questions of a plan so far. For each
// answer it holds a sentence and the passage that the answer was read from. It
// is not safe for concurrent use. A nil Progress has nothing left to answer.
type Progress struct {
	question  string
	plan      Plan
	found     map[int]string   // answers by the number of the sub-question, from 1
	taken     []int            // numbers of the sub-questions whose answers were read from passages, in order
	sentences []claim.Sentence // sentences[i] answers sub-question taken[i] and cites passages[i]
	passages  []retrieval.Passage
	searched  map[int]bool // sub-questions that had a search of their own
}

// NewProgress returns the progress of a plan without any answers yet.
func NewProgress(question string, plan Plan) *Progress {
	return &Progress{question: question, plan: plan, found: map[int]string{}, searched: map[int]bool{}}
}

// Next returns the number of the first sub-question without an answer, from 1,
// and its text with earlier answers in place of its references. n is 0 if no
// sub-question is left. Next skips sub-questions that Plan.Given answers.
func (p *Progress) Next() (n int, sub string) {
	if p == nil {
		return 0, ""
	}
	for i, sub := range p.plan {
		if p.found[i+1] != "" {
			continue
		}
		if name, ok := p.plan.Given(p.question, i+1); ok {
			p.found[i+1] = name
			continue
		}
		return i + 1, Fill(sub, p.found)
	}
	return 0, ""
}

// Complete reports whether the last sub-question is answered.
func (p *Progress) Complete() bool {
	n, _ := p.Next()
	return p != nil && n == 0 && len(p.sentences) > 0
}

// Answer returns the answer to the last sub-question, or "" if there is none
// yet.
func (p *Progress) Answer() string { return p.found[len(p.plan)] }

// Sentences returns a sentence for each answer, in order. The numbers in the
// sentences are indices into Passages. A sentence consists of the sub-question
// and its answer, such as "The lead of the Harbour team: Ana Ruiz."
func (p *Progress) Sentences() []claim.Sentence { return slices.Clone(p.sentences) }

// Passages returns the passages that the answers were read from, one for each
// of Sentences.
func (p *Progress) Passages() []retrieval.Passage { return slices.Clone(p.passages) }

// Draft returns the answers as a draft. The first sentence answers the last
// sub-question. After it come the answers of the earlier sub-questions. The
// numbers in the sentences are indices into Passages.
func (p *Progress) Draft() claim.Draft {
	sentences := p.Sentences()
	slices.Reverse(sentences)
	shown := make([]string, len(sentences))
	for i, s := range sentences {
		shown[i] = s.Shown()
	}
	return claim.Draft{Text: strings.Join(shown, " "), Sentences: sentences}
}

// Read takes answers from lines such as "A = Ana Ruiz", with the letters of
// Plan.Lettered. It stops at the first answer that Take rejects, because later
// answers depend on it.
func (p *Progress) Read(written string, passages []retrieval.Passage) {
	values := map[string]string{}
	for line := range strings.Lines(written) {
		if m := planLine.FindStringSubmatch(line); m != nil && values[m[1]] == "" {
			values[m[1]] = claim.ShortAnswer(m[3])
		}
	}
	for n, _ := p.Next(); n > 0 && p.Take(values[letter(n)], passages); n, _ = p.Next() {
		continue
	}
}

// Take stores a value as the answer to the sub-question that Next returns, and
// reports whether it is accepted. A value is accepted if it is short
// (claim.MostValueWords), a passage contains all its words, and at least one of
// its words is not in the sub-question. A value is rejected if it equals an
// earlier answer to which the sub-question refers.
func (p *Progress) Take(value string, passages []retrieval.Passage) bool {
	n, sub := p.Next()
	if n == 0 || value == "" || claim.NotFound(value) || len(strings.Fields(value)) > claim.MostValueWords {
		return false
	}
	for earlier, found := range p.found {
		if strings.EqualFold(found, value) && refersTo(p.plan[n-1], earlier) {
			return false
		}
	}
	at := claim.Holding(value, sub, passages)
	if at < 0 || len(text.Keywords(value)) == 0 || text.Share(text.Keywords(value), text.Keywords(sub)) == 1 {
		return false
	}
	p.found[n] = value
	p.taken = append(p.taken, n)
	p.passages = append(p.passages, passages[at])
	p.sentences = append(p.sentences, claim.Answered(upperFirst(sub), value+".", len(p.passages)-1))
	return true
}

// MarkSearched notes that the nth sub-question had a search of its own, so that
// Reconsider does not cause another search for it.
func (p *Progress) MarkSearched(n int) { p.searched[n] = true }

// Reconsider drops the first answer whose sentence is not among the supported
// sentences, and all answers after it. Next then returns the sub-question of
// the first dropped answer again, so that a round can search for this
// sub-question alone. An unsupported answer was often read from the wrong
// passage. Reconsider reports whether it dropped an answer. It drops no answer
// if all sentences are supported, or if the sub-question already had a search
// of its own (MarkSearched).
func (p *Progress) Reconsider(supported []claim.Sentence) bool {
	for i, s := range p.sentences {
		if slices.ContainsFunc(supported, func(kept claim.Sentence) bool { return kept.Text == s.Text }) {
			continue
		}
		if p.searched[p.taken[i]] {
			return false
		}
		for _, n := range p.taken[i:] {
			delete(p.found, n)
		}
		p.taken, p.sentences, p.passages = p.taken[:i], p.sentences[:i], p.passages[:i]
		return true
	}
	return false
}

// upperFirst returns a text with its first letter in upper case.
func upperFirst(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}
