package agent

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/agent/claim"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// PlanInput is a plan with the passages that were found for it, best first.
type PlanInput struct {
	Question string
	Plan     Plan
	Passages []retrieval.Passage
}

// ReadPlan has the model read the answers to all look-ups of a plan off the
// passages in one call. A small model that is to answer such a question in one
// sentence often answers only its inner part, or says that the passages do not
// tell; line by line it finds the way. Code checks each line, as Progress.Take
// tells, and the reading ends at the first that does not count, since what
// comes after refers to it. dropped is how many passages did not fit.
func (s *Steps) ReadPlan(ctx context.Context, in PlanInput) (p *Progress, dropped int, err error) {
	lines := make([]string, len(in.Plan))
	letters := map[int]string{}
	for i, lookup := range in.Plan {
		lines[i] = letter(i) + " = " + fill(lookup, letters)
		letters[i+1] = letter(i)
	}
	text, left, _, err := s.writeDraft(ctx, DraftInput{Passages: in.Passages}, func(passages []prompts.Passage) (prompts.Prompt, error) {
		return s.Render(prompts.NameAnswerPlan, in.Question, prompts.AnswerPlan{Question: in.Question, Plan: lines, Passages: passages})
	})
	if err != nil {
		return nil, 0, err
	}
	p = NewProgress(in.Question, in.Plan)
	p.read(text, in.Passages[:left])
	return p, len(in.Passages) - left, nil
}

func letter(i int) string { return string(rune('A' + i)) }

// Progress is how far the look-ups of a plan have been answered.
type Progress struct {
	question  string
	plan      Plan
	found     map[int]string   // by the look-up's number, from 1
	taken     []int            // the numbers of the look-ups that were answered, in order
	sentences []claim.Sentence // of each of them, with the passage of the same index
	passages  []retrieval.Passage
	searched  map[int]bool // look-ups that had a search of their own
}

// NewProgress is a plan of which nothing is answered. A nil one has nothing
// left to look up.
func NewProgress(question string, plan Plan) *Progress {
	return &Progress{question: question, plan: plan, found: map[int]string{}, searched: map[int]bool{}}
}

// Next is the number of the first look-up without an answer, and what it looks
// up, with earlier answers in place of the references to them; 0 when none is
// left. A name that the question holds, and that another look-up is about,
// needs no answer.
func (p *Progress) Next() (n int, lookup string) {
	if p == nil {
		return 0, ""
	}
	for i, lookup := range p.plan {
		if p.found[i+1] != "" {
			continue
		}
		if name, ok := p.plan.given(p.question, i+1); ok {
			p.found[i+1] = name
			continue
		}
		return i + 1, fill(lookup, p.found)
	}
	return 0, ""
}

// Complete tells whether the last look-up is answered.
func (p *Progress) Complete() bool {
	n, _ := p.Next()
	return p != nil && n == 0 && len(p.sentences) > 0
}

// answer is what the last look-up found.
func (p *Progress) answer() string { return p.found[len(p.plan)] }

// Take answers the next look-up, and makes a sentence of it: "the lead of the
// Harbour team: Ana Ruiz". It tells whether the answer counts: a few words, all
// of them in one of the passages, other words than the look-up's, and not what
// an earlier look-up found and this one asks about.
func (p *Progress) Take(value string, passages []retrieval.Passage) bool {
	n, lookup := p.Next()
	if n == 0 || value == "" || claim.NotFound(value) || len(strings.Fields(value)) > claim.MostValueWords {
		return false
	}
	for earlier, found := range p.found {
		if strings.EqualFold(found, value) && refersTo(p.plan[n-1], earlier) {
			return false
		}
	}
	at := claim.Holding(value, lookup, passages)
	if at < 0 || len(text.Keywords(value)) == 0 || text.Share(text.Keywords(value), text.Keywords(lookup)) == 1 {
		return false
	}
	p.found[n] = value
	p.taken = append(p.taken, n)
	p.passages = append(p.passages, passages[at])
	p.sentences = append(p.sentences, claim.Answered(upperFirst(lookup), value+".", len(p.passages)-1))
	return true
}

// reconsider goes back to the first look-up whose answer is not among the
// supported sentences, for a search of its own. It tells whether there is one
// that had none yet.
func (p *Progress) reconsider(supported []claim.Sentence) bool {
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

// read takes answers from lines such as "A = Ana Ruiz", as far as they count.
func (p *Progress) read(text string, passages []retrieval.Passage) {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		if m := planLine.FindStringSubmatch(line); m != nil && values[m[1]] == "" {
			values[m[1]] = claim.ShortAnswer(m[3])
		}
	}
	for n, _ := p.Next(); n > 0 && p.Take(values[letter(n-1)], passages); n, _ = p.Next() {
		continue
	}
}

// draft is what was found, as a draft from passages: the answer first, then
// what it rests on.
func (p *Progress) draft() Draft {
	sentences := slices.Clone(p.sentences)
	slices.Reverse(sentences)
	shown := make([]string, len(sentences))
	for i, s := range sentences {
		shown[i] = s.Shown()
	}
	return Draft{Draft: claim.Draft{Text: strings.Join(shown, " "), Sentences: sentences}}
}

// upperFirst is a text with its first letter large.
func upperFirst(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}
