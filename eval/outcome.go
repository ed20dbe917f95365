package eval

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"selfrag/agent"
	"selfrag/retrieval"
)

// Outcome is what one arm made of one question: a line of a run.
type Outcome struct {
	Arm        string          `json:"arm"`
	ID         string          `json:"id"` // of the query
	Answer     string          `json:"answer"`
	Short      string          `json:"short"` // the answer as a phrase; empty for an abstention
	Abstained  bool            `json:"abstained"`
	StoppedBy  string          `json:"stopped_by"`
	Ranking    []string        `json:"ranking"` // documents found, see Ranking
	Subqueries []string        `json:"subqueries"`
	Citations  []CitedDocument `json:"citations,omitempty"`
	Usage      agent.Usage     `json:"usage"`
	Timings    agent.Timings   `json:"timings_ms"`
	// ShortUsage is the cost of asking for the phrase, which is no part of
	// what the arm costs.
	ShortUsage agent.Usage `json:"short_usage"`
	Degraded   string      `json:"degraded,omitempty"`
}

// CitedDocument is a citation of an answer.
type CitedDocument struct {
	N      int    `json:"n"`
	Source string `json:"source"`
	Title  string `json:"title,omitempty"`
	Quote  string `json:"quote"`
}

// Arm is a way to answer that is measured.
type Arm struct {
	Name string
	Ask  func(ctx context.Context, question string) (Turn, error)
	// Shorten turns a right or wrong answer in sentences into the phrase that
	// data sets of short answers hold. nil takes the answer without its
	// citation numbers.
	Shorten func(ctx context.Context, question, answer string) (string, agent.Usage, error)
}

// Turn is an answer with the documents that its passages belong to.
type Turn struct {
	Answer    agent.Answer
	Documents map[string]string // the data set's document id by passage id
}

// Asker makes an agent answer for an arm. document tells the data set's id of
// the document that a passage belongs to.
func Asker(a *agent.Agent, document func(retrieval.Passage) string) func(context.Context, string) (Turn, error) {
	return func(ctx context.Context, question string) (Turn, error) {
		turn := Turn{Documents: map[string]string{}}
		for e, err := range a.Ask(ctx, agent.Question{Text: question}) {
			if err != nil {
				return turn, err
			}
			switch e := e.(type) {
			case agent.Searched:
				for _, p := range e.Result.Passages {
					turn.Documents[p.ID] = document(p)
				}
			case agent.Answered:
				turn.Answer = e.Answer
			}
		}
		return turn, nil
	}
}

// Ranking ranks the documents that a turn found: the lists of passages of its
// iterations, each in its own order, are merged by score, the earlier
// iteration first where scores are equal. A document stands where its first
// passage does. With one iteration it is that iteration's ranking.
func Ranking(iterations []agent.Iteration, documents map[string]string) []string {
	var out []string
	next := make([]int, len(iterations))
	for {
		from := -1
		for i, it := range iterations {
			if next[i] < len(it.Passages) && (from < 0 ||
				it.Passages[next[i]].Score > iterations[from].Passages[next[from]].Score) {
				from = i
			}
		}
		if from < 0 {
			return out
		}
		id := iterations[from].Passages[next[from]].ID
		next[from]++
		if document, ok := documents[id]; ok {
			id = document
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
}

// ask gets the outcome of one question.
func (a Arm) ask(ctx context.Context, q Query) (Outcome, error) {
	turn, err := a.Ask(ctx, q.Text)
	if err != nil {
		return Outcome{}, err
	}
	answer := turn.Answer
	o := Outcome{
		Arm: a.Name, ID: q.ID, Answer: answer.Text, Abstained: answer.Abstained, StoppedBy: answer.StoppedBy,
		Ranking: Ranking(answer.Iterations, turn.Documents), Usage: answer.Usage, Timings: answer.Timings, Degraded: answer.Degraded,
	}
	for _, it := range answer.Iterations {
		o.Subqueries = append(o.Subqueries, it.Subquery)
	}
	for _, c := range answer.Citations {
		o.Citations = append(o.Citations, CitedDocument{N: c.N, Source: c.Source, Title: c.Title, Quote: c.Quote})
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

var citationNumber = regexp.MustCompile(`\s*\[\d+\]`)

// plain is an answer's text without its citation numbers, which are no part
// of what it says.
func plain(text string) string {
	return strings.TrimSpace(citationNumber.ReplaceAllString(text, ""))
}
