package agent

import (
	"selfrag/agent/multihop"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// Event is something that happened in a turn: one of the types of this file.
type Event interface{ event() }

// Started begins a turn. Spending tells at any time what the turn costs.
type Started struct {
	Question, Strategy string
	Spending           *Spending // nil in events that no agent made
}

// ConversationSummarized tells what the notes of the conversation are now,
// after its oldest exchanges went into them.
type ConversationSummarized struct{ Summary string }

// QuestionResolved tells as what a question of a conversation is understood;
// the two are equal when it is complete in itself.
type QuestionResolved struct{ Original, Standalone string }

// RetrieveDecided tells whether another search is made.
type RetrieveDecided struct {
	Iteration int
	Grade     Grade // P(documents are needed)
	Retrieve  bool
}

// QueryRefined tells what is searched next.
type QueryRefined struct {
	Iteration int
	Query     string
}

// StrategyChosen tells which strategy auto runs.
type StrategyChosen struct {
	Strategy string
	Several  Grade // P(several look-ups)
}

// NodeExpanded tells of a node that mcts added to its tree, and what answering
// from there was worth.
type NodeExpanded struct {
	Node, Parent int // the root is 0
	Action       string
	Query        string
	Reward       float64
}

// Planned tells how a question is taken apart, and the paths that were found
// along the plan without asking the model, best first.
type Planned struct {
	Iteration int
	Several   Grade         // P(several sub-questions)
	Plan      multihop.Plan // the question alone where it is not taken apart
	Paths     []multihop.Path
}

// Searched tells what a search found.
type Searched struct {
	Iteration int
	Result    retrieval.Result
}

// EvidenceFound tells which sentences of what was found may answer, best first.
type EvidenceFound struct {
	Iteration int
	Found     evidence.Found
}

// RelevanceGraded tells the grade of one passage and whether it stays.
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

// Drafted is a finished draft, split into sentences with the passages that
// each cites. NotFound says that the model found no answer in the passages.
type Drafted struct {
	Iteration int
	Draft     Draft
}

// SupportGraded tells how well its passages support one sentence.
type SupportGraded struct {
	Iteration int
	Sentence  Sentence
	Kept      bool
}

// UsefulnessGraded tells whether the draft answers the question.
type UsefulnessGraded struct {
	Iteration int
	Grade     Grade
}

// IterationEnded closes a round of the loop.
type IterationEnded struct {
	Iteration Iteration
	Score     float64
}

// SynthesisDelta is a piece of the synthesis as the model writes it. The
// text is unverified; the answer's text is in Answered.
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
