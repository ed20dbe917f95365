package report

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"selfrag/agent"
	"selfrag/eval"
)

// Row holds one question with the answers of both arms.
type Row struct {
	eval.Query
	// Result says whether arm B has the better F1: "won", "lost" or "tied".
	Result string
	Sides  [2]Side
}

// Side is one arm's answer to a question.
type Side struct {
	Name string // "A" or "B"
	eval.Outcome
	F1      float64
	Right   bool // the answer contains a correct answer, or is an abstention and no document answers the question
	Seconds float64
	Steps   []Step
}

// Step holds what the report shows of a round.
type Step struct {
	Subquery            string
	Draft               string
	Support, Usefulness agent.Grade
	Passages            []StepPassage
	Refused             []RefusedClaim
}

// RefusedClaim is a sentence of a draft that a rule of package claim refuted.
// Sentences that the model graded too low are not RefusedClaims. Why is the
// reason, in the report's language.
type RefusedClaim struct {
	Text, Why string
}

// StepPassage is a passage that a round found, with its grade.
type StepPassage struct {
	Source, Title, Text string
	Relevance           agent.Grade
}

// Tokens returns the sum of the answer's tokens.
func (s Side) Tokens() int { return s.Usage.PromptTokens + s.Usage.CompletionTokens }

// Abstentions returns the names of the arms that abstained, for the filter on
// the page.
func (r Row) Abstentions() string {
	var out []string
	for _, s := range r.Sides {
		if s.Abstained {
			out = append(out, strings.ToLower(s.Name))
		}
	}
	return strings.Join(out, " ")
}

// Rows returns the questions, with the largest difference in F1 first.
func (r Report) Rows() []Row {
	rows := make([]Row, len(r.Queries))
	for i, q := range r.Queries {
		rows[i] = Row{Query: q, Sides: [2]Side{r.side("A", i, r.OutcomesA), r.side("B", i, r.OutcomesB)}}
		rows[i].Result = resultOf(rows[i].Sides[1].F1 - rows[i].Sides[0].F1)
	}
	apart := func(r Row) float64 { return math.Abs(r.Sides[0].F1 - r.Sides[1].F1) }
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(apart(b), apart(a)) })
	return rows
}

func resultOf(difference float64) string {
	switch {
	case difference > 0:
		return "won"
	case difference < 0:
		return "lost"
	}
	return "tied"
}

func (r Report) side(name string, i int, outcomes []eval.Outcome) Side {
	o := outcomes[i]
	s := Side{
		Name: name, Outcome: o,
		F1:      r.value(eval.MetricF1, i, outcomes),
		Right:   r.value(eval.MetricAccuracy, i, outcomes) == 1,
		Seconds: r.value(eval.MetricSeconds, i, outcomes),
	}
	texts := map[string]eval.ReadPassage{}
	for _, p := range o.Passages {
		texts[p.ID] = p
	}
	for _, round := range o.Rounds {
		step := Step{Subquery: round.Subquery, Draft: round.Draft, Support: round.Support, Usefulness: round.Usefulness}
		for _, p := range round.Passages {
			of := texts[p.ID]
			step.Passages = append(step.Passages, StepPassage{of.Source, of.Title, beginning(of.Text), p.Relevance})
		}
		for _, c := range round.Claims {
			if c.Refuted != nil {
				step.Refused = append(step.Refused, RefusedClaim{c.Text, c.Refuted.Because(r.Language)})
			}
		}
		s.Steps = append(s.Steps, step)
	}
	if len(o.Rounds) == 0 { // the file is from an earlier version of the program
		for _, q := range o.Subqueries {
			s.Steps = append(s.Steps, Step{Subquery: q})
		}
	}
	return s
}

// beginning returns the beginning of a text, long enough to recognise the text.
func beginning(text string) string {
	const most = 160
	if runes := []rune(text); len(runes) > most {
		return strings.TrimSpace(string(runes[:most])) + "…"
	}
	return text
}
