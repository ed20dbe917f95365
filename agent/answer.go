package agent

import (
	"time"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/agent/internal/stop"
	"selfrag/retrieval"
)

// Answer is the end of a turn.
type Answer struct {
	Question  string `json:"question"`
	Text      string `json:"answer"`
	Abstained bool   `json:"abstained"`
	// Unsure is an answer whose support the model grades too low, while code
	// finds what it says in the passages that it cites; its text says so.
	Unsure bool `json:"unsure,omitempty"`
	// Quoted is an answer of the evidence itself, word for word: no draft held, and
	// the evidence likely answers. Its text says so.
	Quoted    bool       `json:"quoted,omitempty"`
	Strategy  string     `json:"strategy"`
	Chosen    string     `json:"chosen,omitempty"` // by strategy auto
	Citations []Citation `json:"citations"`
	// Nearest are the sentences that come nearest to the question, of an answer
	// that abstains: up to three, numbered from 1 as its text quotes them. They
	// prove nothing and are no citations.
	Nearest    []Citation  `json:"nearest,omitempty"`
	Iterations []Iteration `json:"iterations"`
	StoppedBy  string      `json:"stopped_by"` // one of the Stopped and Spent constants
	Usage      Usage       `json:"usage"`
	Cost       []StepCost  `json:"cost"` // of the usage, by step
	Timings    Timings     `json:"timings_ms"`
	// Degraded says what did not work and was done without; empty when all
	// went well.
	Degraded string `json:"degraded,omitempty"`
	TraceID  string `json:"trace_id"`
	// Tree is what strategy mcts tried, by node; the first is the root.
	Tree []TreeNode `json:"tree,omitempty"`
	// Ranking is every passage that the turn found, best first: what the answer
	// rests on, what its look-ups were answered from, then the others by score.
	Ranking []retrieval.Passage `json:"-"`
}

// Citation ties a number in the answer's text to a verbatim quote.
type Citation = claim.Citation

// Iteration is one round of the loop.
type Iteration struct {
	Subquery   string          `json:"subquery"`
	Passages   []GradedPassage `json:"passages"`
	Draft      string          `json:"draft"`
	Claims     []GradedClaim   `json:"claims,omitempty"` // of the draft, once they are graded
	Support    Grade           `json:"support"`
	Usefulness Grade           `json:"usefulness"`
}

// Graded reports whether a draft of the round was graded: of one that was not, the
// score says nothing.
func (it Iteration) Graded() bool { return it.Support.Known || it.Usefulness.Known }

// GradedClaim is a sentence of a draft with the ids of the passages that it
// cites and its grade. Refuted says by which rule and which fact code sees that
// they do not say so; nil where it does not, and the grade is the model's.
type GradedClaim struct {
	Text     string         `json:"text"`
	Passages []string       `json:"passages"`
	Support  Grade          `json:"support"`
	Refuted  *claim.Verdict `json:"refuted,omitempty"`
}

// gradedClaims are the claims of a judged draft.
func gradedClaims(j judged) []GradedClaim {
	out := make([]GradedClaim, len(j.sentences))
	for i, s := range j.sentences {
		out[i] = GradedClaim{Text: s.Text, Passages: []string{}, Support: s.Support, Refuted: s.Support.Refuted()}
		for _, n := range s.Passages {
			out[i].Passages = append(out[i].Passages, j.from.Passages[n].ID)
		}
	}
	return out
}

// GradedPassage is a found passage with its relevance grade.
type GradedPassage struct {
	ID        string  `json:"id"`
	Score     float64 `json:"score"`
	Relevance Grade   `json:"relevance"`
}

// ungraded is passages that a round reads without grading them.
func ungraded(passages []retrieval.Passage) []GradedPassage {
	out := make([]GradedPassage, len(passages))
	for i, p := range passages {
		out[i] = GradedPassage{ID: p.ID, Score: p.Score}
	}
	return out
}

// Timings are wall-clock milliseconds, summed over the turn.
type Timings struct {
	Embed  float64 `json:"embed"`
	Search float64 `json:"search"`
	Rerank float64 `json:"rerank"`
	LLM    float64 `json:"llm"`
	Total  float64 `json:"total"`
}

// Milliseconds is a duration as the JSON outputs give it.
func Milliseconds(d time.Duration) float64 { return call.Milliseconds(d) }

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

// The reasons for which a turn stops (Answer.StoppedBy).
const (
	StoppedSupported  = "supported"   // the evidence holds
	StoppedNothingNew = "nothing-new" // searches found nothing new, or no new query was left
	StoppedSinglePass = "single-pass" // the strategy searches once
	StoppedNoSearch   = "no-search"   // answered without documents, as the caller allowed
	StoppedPlanDone   = "plan-done"   // each step of the plan was taken
	StoppedExplored   = "explored"    // the tree of actions has nothing left to try
	StoppedFailed     = "model"       // the model wrote nothing that can be used; Degraded says why
	SpentIterations   = "iterations"  // the budget's rounds are used up
	SpentCalls        = stop.Calls    // the budget's LLM calls are used up
	SpentTokens       = stop.Tokens   // the budget's tokens are used up
	SpentTime         = stop.Time     // the budget's wall clock is used up
)

// What a turn costs, and what it asks of a model, are those of its calls.
type (
	// TokenProber is a model that gives the probabilities of its next token.
	TokenProber = call.TokenProber
	// Usage counts what a turn cost.
	Usage = call.Usage
	// StepCost is what the calls of one step cost, summed over a turn.
	StepCost = call.StepCost
)

// Spending is what a turn costs, whether or not it comes to an answer. It is
// safe for concurrent use.
type Spending struct {
	steps *Steps
	begin time.Time
}

// SoFar is what the turn has cost by now: all of it, once the turn's events have
// ended. Total is the time since the turn began.
func (s *Spending) SoFar() ([]StepCost, Timings) {
	if s == nil {
		return nil, Timings{}
	}
	return s.steps.caller.Cost(), s.steps.timings(time.Since(s.begin))
}
