package eval

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"selfrag/agent"
	"selfrag/agent/claim"
	"selfrag/retrieval"
)

// Outcome holds the answer of one arm to one question, with its cost. It is a
// line in the file of a run.
type Outcome struct {
	Arm        string          `json:"arm"`
	ID         string          `json:"id"` // id of the query
	Answer     string          `json:"answer"`
	Short      string          `json:"short"` // the answer shortened to a phrase; empty for an abstention
	Abstained  bool            `json:"abstained"`
	Unsure     bool            `json:"unsure,omitempty"` // the answer says that it is not certain
	StoppedBy  string          `json:"stopped_by"`
	Ranking    []string        `json:"ranking"` // ids of the found documents, best first
	Subqueries []string        `json:"subqueries"`
	Citations  []CitedDocument `json:"citations,omitempty"`
	// Rounds holds the query, the passages, the draft and the grades of each
	// iteration of the agent. Passages holds the texts that the iterations
	// read, best first. Both are empty in files of earlier versions of the
	// program.
	Rounds   []Round       `json:"rounds,omitempty"`
	Passages []ReadPassage `json:"passages,omitempty"`
	Strategy string        `json:"strategy,omitempty"` // the strategy that answered: if the arm uses auto, the strategy that auto chose
	Usage    agent.Usage   `json:"usage"`
	Timings  agent.Timings `json:"timings_ms"`
	// ShortUsage is the cost of asking the model for Short. Usage does not
	// include this cost.
	ShortUsage agent.Usage `json:"short_usage"`
	Degraded   string      `json:"degraded,omitempty"`
	// Judgement is the judgement of the judge whose scores are shown, or nil.
	// In the file of a run it has a line of its own, because an answer may be
	// judged later.
	Judgement *Judgement `json:"judgement,omitempty"`
}

// Round is the record of one iteration of the agent.
type Round struct {
	Subquery   string                `json:"subquery"`
	Passages   []agent.GradedPassage `json:"passages,omitempty"`
	Draft      string                `json:"draft,omitempty"`
	Claims     []agent.GradedClaim   `json:"claims,omitempty"` // claims of the draft
	Support    agent.Grade           `json:"support"`
	Usefulness agent.Grade           `json:"usefulness"`
}

// ReadPassage is the text of a passage that a round read.
type ReadPassage struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Title  string `json:"title,omitempty"`
	Text   string `json:"text"`
}

// text returns the title and the text of the passage. A judge reads both,
// because the title often names a subject that the text does not name.
func (p ReadPassage) text() string {
	return retrieval.Passage{Title: p.Title, Text: p.Text}.Searchable()
}

// CitedDocument is a citation of an answer.
type CitedDocument struct {
	N       int    `json:"n"`
	Passage string `json:"passage,omitempty"` // id of the passage that holds the quote
	Source  string `json:"source"`
	Title   string `json:"title,omitempty"`
	Quote   string `json:"quote"`
}

// Arm is a way to answer that is being measured.
type Arm struct {
	Name string
	Ask  func(ctx context.Context, question string) (Turn, error)
	// Shorten turns an answer in sentences into a phrase, for data sets whose
	// correct answers are phrases. It does not correct the answer. If Shorten
	// is nil, Outcome.Short is the answer without citation numbers.
	Shorten func(ctx context.Context, question, answer string) (string, agent.Usage, error)
}

// Turn holds an answer and the documents that were found for it, best first.
type Turn struct {
	Answer  agent.Answer
	Ranking []string // the data set's document ids, each once
}

// Answerer answers questions, as an agent.Agent does.
type Answerer interface {
	Ask(ctx context.Context, q agent.Question) iter.Seq2[agent.Event, error]
}

// Asker returns the Ask function of an arm that uses an agent. document returns
// the id that the data set uses for the document of a passage.
func Asker(a Answerer, document func(retrieval.Passage) string) func(context.Context, string) (Turn, error) {
	return func(ctx context.Context, question string) (Turn, error) {
		answer, err := agent.Last(a.Ask(ctx, agent.Question{Text: question}))
		return Turn{answer, Ranking(answer.Ranking, document)}, err
	}
}

// Ranking returns the ids of the documents of ranked passages, each once, in
// the order of their first passages.
func Ranking(passages []retrieval.Passage, document func(retrieval.Passage) string) []string {
	var out []string
	for _, p := range passages {
		if id := document(p); !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// ask returns the outcome of one question.
func (a Arm) ask(ctx context.Context, q Query) (Outcome, error) {
	ctx = withQuery(ctx, q)
	turn, err := a.Ask(ctx, q.Text)
	if err != nil {
		return Outcome{}, err
	}
	answer := turn.Answer
	o := Outcome{
		Arm: a.Name, ID: q.ID, Answer: answer.Text, Abstained: answer.Abstained, Unsure: answer.Unsure, StoppedBy: answer.StoppedBy,
		Ranking: turn.Ranking, Usage: answer.Usage, Timings: answer.Timings, Degraded: answer.Degraded,
	}
	o.Strategy = cmp.Or(answer.Chosen, answer.Strategy)
	read := map[string]bool{}
	for _, it := range answer.Iterations {
		o.Subqueries = append(o.Subqueries, it.Subquery)
		o.Rounds = append(o.Rounds, Round(it))
		for _, p := range it.Passages {
			read[p.ID] = true
		}
	}
	for _, p := range answer.Ranking {
		if read[p.ID] {
			o.Passages = append(o.Passages, ReadPassage{p.ID, p.Source, p.Title, p.Text})
		}
	}
	for _, c := range answer.Citations {
		o.Citations = append(o.Citations, CitedDocument{c.N, holding(c, answer.Ranking), c.Source, c.Title, c.Quote})
	}
	if o.Abstained {
		return o, nil
	}
	o.Short = plain(answer.Text)
	if a.Shorten != nil {
		o.Short, o.ShortUsage, err = a.Shorten(ctx, q.Text, o.Short)
	}
	return o, err
}

// holding returns the id of the passage that contains the quote of a citation,
// or "" if no passage contains it.
func holding(c agent.Citation, passages []retrieval.Passage) string {
	for _, p := range passages {
		if p.Document == c.Document && p.Source == c.Source && p.Start <= c.Start && c.End <= p.End {
			return p.ID
		}
	}
	return ""
}

// plain returns an answer's text without citation numbers, and without words
// that mark the answer as uncertain or as a quotation (claim.Said).
func plain(text string) string { return strings.TrimSpace(claim.Said(text)) }
