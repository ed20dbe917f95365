package agent

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// Plan is a question taken apart: what to look up, one after another. A later
// line refers to what an earlier one finds as #1, #2 and so on.
type Plan []string

// maxLookups bounds a plan. Questions that people ask take up to four.
const maxLookups = 4

// CountLookups grades whether a question takes several look-ups, each building
// on the answer before: P(several).
func (s *Steps) CountLookups(ctx context.Context, question string) (Grade, error) {
	in := prompts.CountLookups{Question: question}
	one, err := evaluated(ctx, prompts.NameCountLookups, in, oneGrade, func(ctx context.Context) (Grade, error) {
		return s.yes(ctx, prompts.NameCountLookups, question, in)
	})
	if err != nil || !one.Known {
		return Grade{}, err
	}
	return Known(1 - one.Value), nil
}

// TakeApart tells whether a question takes several look-ups, and which: several
// is the model's P(several), and the plan has one look-up when the question
// takes one. A small model's probability alone tells the two kinds of question
// poorly apart, and its plan of a simple question still names one unknown
// only; so the question must be likely enough to take several, and its plan
// must name two unknowns.
func (s *Steps) TakeApart(ctx context.Context, question string) (several Grade, plan Plan, err error) {
	if !s.cfg.uses(HeuristicPlan) {
		return Grade{}, Plan{question}, nil
	}
	if several, err = s.CountLookups(ctx, question); err != nil || !several.Passes(s.cfg.Several) {
		return several, Plan{question}, err
	}
	if plan, err = s.MakePlan(ctx, prompts.Plan{Question: question}); err != nil {
		return several, nil, err
	}
	if plan.several(question) == nil {
		plan = Plan{question}
	}
	return several, plan, nil
}

// MakePlan takes a question apart. failed are look-ups of an earlier plan that
// found nothing. A plan that makes no sense becomes the question itself: one
// look-up.
func (s *Steps) MakePlan(ctx context.Context, in prompts.Plan) (Plan, error) {
	p, err := s.Render(prompts.NamePlan, in.Question, in)
	if err != nil {
		return nil, err
	}
	text, err := s.Write(ctx, p, 128)
	if err != nil {
		return nil, err
	}
	return parsePlan(text, in.Question), nil
}

var planLine = regexp.MustCompile(`^\s*(?:([A-Z])\s*[=:]|(\d)\s*[.):=])\s*(.+?)\s*$`)

// parsePlan reads lines such as "B = the mayor of A" or "2. Who led #1?". Lines
// that refer to themselves or to later ones end the plan, since nothing can be
// looked up for them; so does a line that repeats one before.
func parsePlan(written, question string) Plan {
	var plan Plan
	var letters []string
	for line := range strings.Lines(written) {
		m := planLine.FindStringSubmatch(line)
		if m == nil || len(plan) == maxLookups {
			continue
		}
		lookup := m[3]
		for i, letter := range letters {
			lookup = replaceWord(lookup, letter, fmt.Sprintf("#%d", i+1))
		}
		letters = append(letters, m[1])
		if !refersBack(lookup, len(plan)) || text.Among(plan, lookup) {
			break
		}
		plan = append(plan, lookup)
	}
	plan.askInFull(question)
	if len(plan) < 2 || text.Language(question) == "ko" && !slices.ContainsFunc(plan, text.HasHangul) {
		return Plan{question} // a plan in English searches Korean documents in English
	}
	return plan
}

// askInFull mends a last look-up that a small model wrote as half a question
// ("does #1 report?"), which has lost what was asked: it becomes the question
// itself, with the reference in place of the description.
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

var reference = regexp.MustCompile(`#(\d+)`)

// referring is a reference with what is written to it: a particle or 's.
var referring = regexp.MustCompile(`#\d+\S*`)

// refersBack tells whether all references of a look-up are to the n before it.
func refersBack(lookup string, n int) bool {
	for _, m := range reference.FindAllStringSubmatch(lookup, -1) {
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

// isWordByte tells whether a Latin word goes on. Bytes of Hangul do not count:
// a particle follows a letter without a space.
func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

// unknowns is how many look-ups of the plan find something out: a name that the
// question holds is known already.
func (p Plan) unknowns(question string) int {
	n := 0
	for i, lookup := range p {
		if _, named := namedIn(question, lookup); !named || i == len(p)-1 {
			n++
		}
	}
	return n
}

// several is the plan, or nil when it has fewer than two look-ups that find
// something out.
func (p Plan) several(question string) Plan {
	if p.unknowns(question) < 2 {
		return nil
	}
	return p
}

// asks is what the last look-up asks, with a pronoun in place of what those
// before it find out: "the mayor of it". It is empty for a plan whose last
// look-up refers to none.
func (p Plan) asks(language string) string {
	if len(p) == 0 || !reference.MatchString(p[len(p)-1]) {
		return ""
	}
	it := "it"
	if language == "ko" {
		it = "그것"
	}
	return reference.ReplaceAllString(p[len(p)-1], it)
}

// fill puts what was found in place of the references.
func fill(lookup string, found map[int]string) string {
	return reference.ReplaceAllStringFunc(lookup, func(ref string) string {
		if name := found[int(ref[1]-'0')]; name != "" {
			return name
		}
		return ref
	})
}

// refersTo tells whether a look-up is about what the nth one finds out.
func refersTo(lookup string, n int) bool { return strings.Contains(lookup, fmt.Sprintf("#%d", n)) }

// lacks tells whether a look-up still refers to one of the n before it.
func lacks(lookup string, n int) bool {
	for m := 1; m <= n; m++ {
		if refersTo(lookup, m) {
			return true
		}
	}
	return false
}

// given is what the nth look-up finds when it is nothing but a name that the
// question holds and a later one needs, so that there is nothing to look up.
func (p Plan) given(question string, n int) (name string, ok bool) {
	name, ok = namedIn(question, p[n-1])
	return name, ok && p.needed(n)
}

// needed tells whether any look-up after the first n refers to the nth.
func (p Plan) needed(n int) bool {
	for _, later := range p[n:] {
		if refersTo(later, n) {
			return true
		}
	}
	return false
}

// repeatedShare is the share of a look-up's words from which it says what another
// has said already. Not measured.
const repeatedShare = 0.5

// chains tells whether the plan goes from look-up to look-up: a later one asks
// something about what an earlier one finds out. A small model also writes
// lines that lead nowhere: parts of the question that no other line refers to,
// names that the question holds, and what a line before has said already.
func (p Plan) chains(question string) bool {
	for i, lookup := range p {
		if _, named := namedIn(question, lookup); named {
			continue
		}
		for _, later := range p[i+1:] {
			if !refersTo(later, i+1) {
				continue
			}
			asks := text.Keywords(referring.ReplaceAllString(later, " "))
			if len(asks) > 0 && text.Share(asks, text.Keywords(lookup)) < repeatedShare {
				return true
			}
		}
	}
	return false
}
