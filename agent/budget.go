package agent

import (
	"errors"
	"sync"
	"time"

	"selfrag/retrieval/text"
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
	SpentCalls        = "calls"       // the budget's LLM calls are used up
	SpentTokens       = "tokens"      // the budget's tokens are used up
	SpentTime         = "time"        // the budget's wall clock is used up
)

// spentError says that the budget is spent, and which part of it.
type spentError struct{ what string }

func (e spentError) Error() string { return "the budget is spent: " + e.what }

// spent tells which part of the budget an error says is spent.
func spent(err error) (string, bool) {
	var s spentError
	ok := errors.As(err, &s)
	return s.what, ok
}

// Usage counts what a turn cost. Calls that were answered from the turn's own
// cache cost nothing and are not among them.
type Usage struct {
	Calls            int `json:"llm_calls"`
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
}

// StepCost is what the calls of one step cost, summed over a turn.
type StepCost struct {
	Step string `json:"step"`
	Usage
	// RepeatedCalls were identical to an earlier call of the turn and were
	// answered from its cache.
	RepeatedCalls int `json:"repeated_calls"`
	// SharedTokens are those of PromptTokens that stood in the same place in
	// an earlier prompt, so that a server with a prefix cache need not
	// evaluate them again. Told by the server where it tells, else an estimate
	// by the length of the shared text.
	SharedTokens int     `json:"shared_prompt_tokens"`
	Milliseconds float64 `json:"ms"`
}

// meter counts LLM calls against the budget. It is safe for concurrent use.
type meter struct {
	budget Budget

	mu       sync.Mutex
	used     Usage
	reserved int           // tokens, for the calls under way
	time     time.Duration // in LLM calls
	steps    []StepCost    // in the order of their first call
}

// begin reserves one call with the tokens of its prompt, by an estimate, and
// those that it may write, or says what is spent. It returns how many tokens
// the call may write and how many are reserved.
func (m *meter) begin(prompt string, most int) (write, reserved int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used.Calls >= m.budget.Calls {
		return 0, 0, spentError{SpentCalls}
	}
	reads := text.Tokens(prompt)
	write = min(most, m.budget.Tokens-m.used.PromptTokens-m.used.CompletionTokens-m.reserved-reads)
	if write < 1 {
		return 0, 0, spentError{SpentTokens}
	}
	m.used.Calls++
	m.reserved += reads + write
	return write, reads + write, nil
}

// end counts what a call of a step took, in place of what was reserved for it.
func (m *meter) end(step string, reserved int, r reply, shared float64, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reserved -= reserved
	m.used.PromptTokens += r.prompt
	m.used.CompletionTokens += r.completion
	m.time += took
	c := m.step(step)
	c.Calls++
	c.PromptTokens += r.prompt
	c.CompletionTokens += r.completion
	if r.cached >= 0 {
		c.SharedTokens += r.cached
	} else {
		c.SharedTokens += int(shared * float64(r.prompt))
	}
	c.Milliseconds += Milliseconds(took)
}

// repeated counts a call that was answered from the cache.
func (m *meter) repeated(step string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.step(step).RepeatedCalls++
}

func (m *meter) step(name string) *StepCost {
	for i := range m.steps {
		if m.steps[i].Step == name {
			return &m.steps[i]
		}
	}
	m.steps = append(m.steps, StepCost{Step: name})
	return &m.steps[len(m.steps)-1]
}

func (m *meter) usage() (Usage, []StepCost) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used, append([]StepCost{}, m.steps...)
}

func (m *meter) llmTime() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.time
}
