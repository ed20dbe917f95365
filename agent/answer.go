package agent

import (
	"time"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/agent/internal/stop"
	"selfrag/retrieval"
)

// Answer is the result of a turn.
type Answer struct {
	Question  string `json:"question"`
	Text      string `json:"answer"`
	Abstained bool   `json:"abstained"`
	// Unsure marks an answer that the model grades as too poorly supported,
	// although code finds its content in the cited passages. The text of such
	// an answer says that it is not certain.
	Unsure bool `json:"unsure,omitempty"`
	// Quoted marks an answer that consists of sentences or sections of the
	// documents, word for word. The agent quotes sentences if every draft was
	// refused and the evidence likely answers the question. It quotes sections
	// if the question asks for more than a fact and no large model writes the
	// answer. The text of the answer says that it is a quotation.
	Quoted    bool       `json:"quoted,omitempty"`
	Strategy  string     `json:"strategy"`
	Chosen    string     `json:"chosen,omitempty"` // the strategy that auto chose
	Citations []Citation `json:"citations"`
	// Nearest holds up to three sentences that are most likely to answer the
	// question, if the answer abstains. They are numbered from 1, in the order
	// in which the text quotes them. They are not citations, because they do
	// not support an answer.
	Nearest    []Citation  `json:"nearest,omitempty"`
	Iterations []Iteration `json:"iterations"`
	StoppedBy  string      `json:"stopped_by"` // one of the Stopped and Spent constants
	Usage      Usage       `json:"usage"`
	Cost       []StepCost  `json:"cost"` // the usage by step
	Timings    Timings     `json:"timings_ms"`
	// Degraded names the parts, such as the reranker, that failed. The answer
	// was made without them. It is empty if nothing failed.
	Degraded string `json:"degraded,omitempty"`
	TraceID  string `json:"trace_id"`
	// Tree is the tree that the strategy mcts explored; the first node is the
	// root.
	Tree []TreeNode `json:"tree,omitempty"`
	// Ranking holds every passage that the turn found, best first. The passages
	// that support the answer come first, then the passages that answered
	// look-ups, then the others by score.
	Ranking []retrieval.Passage `json:"-"`
}

// Citation ties a number in the answer's text to a verbatim quote.
type Citation = claim.Citation

// Iteration is one round of the loop.
type Iteration struct {
	Subquery   string          `json:"subquery"`
	Passages   []GradedPassage `json:"passages"`
	Draft      string          `json:"draft"`
	Claims     []GradedClaim   `json:"claims,omitempty"` // the claims of the draft, once they are graded
	Support    Grade           `json:"support"`
	Usefulness Grade           `json:"usefulness"`
}

// Graded reports whether a draft of the round was graded. The score of a round
// without a graded draft has no meaning.
func (it Iteration) Graded() bool { return it.Support.Known || it.Usefulness.Known }

// GradedClaim is a sentence of a draft with its grade and the ids of the
// passages that it cites. If code refutes the sentence, Refuted holds the rule
// and the fact that the passages lack. Otherwise Refuted is nil and the grade
// comes from the model.
type GradedClaim struct {
	Text     string         `json:"text"`
	Passages []string       `json:"passages"`
	Support  Grade          `json:"support"`
	Refuted  *claim.Verdict `json:"refuted,omitempty"`
}

// gradedClaims returns the claims of a judged draft.
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

// ungraded returns the passages as GradedPassages with an unknown grade.
func ungraded(passages []retrieval.Passage) []GradedPassage {
	out := make([]GradedPassage, len(passages))
	for i, p := range passages {
		out[i] = GradedPassage{ID: p.ID, Score: p.Score}
	}
	return out
}

// Timings holds wall-clock milliseconds, summed over the turn.
type Timings struct {
	Embed  float64 `json:"embed"`
	Search float64 `json:"search"`
	Rerank float64 `json:"rerank"`
	LLM    float64 `json:"llm"`
	Total  float64 `json:"total"`
}

// Milliseconds returns a duration in milliseconds, the unit of all JSON
// outputs.
func Milliseconds(d time.Duration) float64 { return call.Milliseconds(d) }

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

// The reasons to stop a turn (Answer.StoppedBy).
const (
	StoppedSupported  = "supported"   // the evidence supports the answer
	StoppedNothingNew = "nothing-new" // searches found nothing new, or no new query was left
	StoppedSinglePass = "single-pass" // the strategy searches once
	StoppedNoSearch   = "no-search"   // answered without documents, as the caller allowed
	StoppedPlanDone   = "plan-done"   // every step of the plan was taken
	StoppedExplored   = "explored"    // the tree of actions has nothing left to try
	StoppedFailed     = "model"       // the model wrote nothing that can be used; Degraded says why
	SpentIterations   = "iterations"  // the budget's rounds are used up
	SpentCalls        = stop.Calls    // the budget's LLM calls are used up
	SpentTokens       = stop.Tokens   // the budget's tokens are used up
	SpentTime         = stop.Time     // the budget's wall clock is used up
)

// The types for models and costs are those of package call.
type (
	// TokenProber is a model that returns the probabilities of its next token.
	TokenProber = call.TokenProber
	// Usage counts what a turn cost.
	Usage = call.Usage
	// StepCost is the cost of the calls of one step, summed over a turn.
	StepCost = call.StepCost
)

// Spending reports the cost of a turn, also of a turn that ends without an
// answer. It is safe for concurrent use.
type Spending struct {
	steps *Steps
	begin time.Time
}

// SoFar returns the cost of the turn up to now. After the last event of the
// turn this is the whole cost. Timings.Total is the time since the turn began.
func (s *Spending) SoFar() ([]StepCost, Timings) {
	if s == nil {
		return nil, Timings{}
	}
	return s.steps.caller.Cost(), s.steps.timings(time.Since(s.begin))
}
