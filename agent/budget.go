package agent

import (
	"time"

	"selfrag/agent/call"
	"selfrag/agent/internal/stop"
)

// The reasons for which a turn stops (Answer.StoppedBy).
const (
	StoppedSupported  = "supported"   // the evidence holds
	StoppedNothingNew = "nothing-new" // searches found nothing new, or no new query was left
	StoppedSinglePass = "single-pass" // the strategy searches once
	StoppedNoSearch   = "no-search"   // answered without documents, as the caller allowed
	StoppedPlanDone   = "plan-done"   // each step of the plan was taken
	StoppedExplored   = "explored"    // the tree of actions has nothing left to try
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
