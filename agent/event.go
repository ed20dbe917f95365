package agent

import (
	"selfrag/agent/multihop"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// Event is something that happened in a turn: one of the types in this file.
type Event interface{ event() }

// Started begins a turn. Spending reports the cost of the turn at any time.
type Started struct {
	Question, Strategy string
	Spending           *Spending // nil if the event was not emitted by an Agent
}

// ConversationSummarized holds the new summary of the conversation, into which
// the oldest exchanges were merged.
type ConversationSummarized struct{ Summary string }

// QuestionResolved holds a question of a conversation and its complete form.
// The two are equal if the question is complete in itself.
type QuestionResolved struct{ Original, Standalone string }

// RetrieveDecided reports whether the round searches.
type RetrieveDecided struct {
	Iteration int
	Grade     Grade // P(documents are needed)
	Retrieve  bool
}

// QueryRefined holds the query of a round.
type QueryRefined struct {
	Iteration int
	Query     string
}

// StrategyChosen names the strategy that auto runs.
type StrategyChosen struct {
	Strategy string
	Several  Grade // P(the question takes several look-ups)
}

// NodeExpanded reports a node that the strategy mcts added to its search tree.
// Reward, in [0,1], grades the answer that mcts found at this node.
type NodeExpanded struct {
	Node, Parent int // the root is 0
	Action       string
	Query        string
	Reward       float64
}

// Planned holds the plan that the model made for a question, and the paths of
// passages that the search for its sub-questions found, best first.
type Planned struct {
	Iteration int
	Several   Grade         // P(the question takes several sub-questions)
	Plan      multihop.Plan // the question alone if it takes only one search
	Paths     []multihop.Path
}

// Searched holds the result of a search.
type Searched struct {
	Iteration int
	Result    retrieval.Result
}

// EvidenceFound holds the sentences in the found passages that may answer the
// question, best first.
type EvidenceFound struct {
	Iteration int
	Found     evidence.Found
}

// RelevanceGraded holds the relevance grade of one passage. Kept reports
// whether the grade is high enough for drafts to use the passage.
type RelevanceGraded struct {
	Iteration int
	Passage   retrieval.Passage
	Grade     Grade
	Kept      bool
}

// DraftDelta is a piece of a draft as the model writes it.
type DraftDelta struct {
	Iteration int
	Text      string
}

// Drafted holds a finished draft, split into sentences with the passages that
// each cites. The draft's NotFound is set if the model found no answer in the
// passages.
type Drafted struct {
	Iteration int
	Draft     Draft
}

// SupportGraded holds the support grade of one sentence. Kept reports whether
// the sentence counts as supported.
type SupportGraded struct {
	Iteration int
	Sentence  Sentence
	Kept      bool
}

// UsefulnessGraded holds the grade of how well the draft answers the question.
type UsefulnessGraded struct {
	Iteration int
	Grade     Grade
}

// IterationEnded ends a round of the loop.
type IterationEnded struct {
	Iteration Iteration
	Score     float64
}

// SynthesisDelta is a piece of the synthesis as the model writes it. The text
// is not verified; the text of the answer is in Answered.
type SynthesisDelta struct{ Text string }

// Answered ends a turn.
type Answered struct{ Answer Answer }

func (Started) event()                {}
func (ConversationSummarized) event() {}
func (QuestionResolved) event()       {}
func (RetrieveDecided) event()        {}
func (QueryRefined) event()           {}
func (StrategyChosen) event()         {}
func (NodeExpanded) event()           {}
func (Planned) event()                {}
func (Searched) event()               {}
func (EvidenceFound) event()          {}
func (RelevanceGraded) event()        {}
func (DraftDelta) event()             {}
func (Drafted) event()                {}
func (SupportGraded) event()          {}
func (UsefulnessGraded) event()       {}
func (IterationEnded) event()         {}
func (SynthesisDelta) event()         {}
func (Answered) event()               {}
