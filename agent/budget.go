package agent

import (
	"errors"
	"sync"
	"time"
)

// The reasons for which a turn stops (Answer.StoppedBy).
const (
	StoppedSupported  = "supported"   // the evidence holds
	StoppedNothingNew = "nothing-new" // searches found nothing new, or no new query was left
	StoppedSinglePass = "single-pass" // the strategy searches once
	StoppedNoSearch   = "no-search"   // answered without documents, as the caller allowed
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

// Usage counts what a turn cost.
type Usage struct {
	Calls            int `json:"llm_calls"`
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
}

// meter counts LLM calls against the budget. It is safe for concurrent use.
type meter struct {
	budget Budget

	mu   sync.Mutex
	used Usage
	time time.Duration // in LLM calls
}

// begin reserves one call, or says what is spent.
func (m *meter) begin() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used.Calls >= m.budget.Calls {
		return spentError{SpentCalls}
	}
	if m.used.PromptTokens+m.used.CompletionTokens >= m.budget.Tokens {
		return spentError{SpentTokens}
	}
	m.used.Calls++
	return nil
}

// end counts what a call took.
func (m *meter) end(prompt, completion int, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used.PromptTokens += prompt
	m.used.CompletionTokens += completion
	m.time += took
}

// remaining is how many tokens the budget has left, at least 1.
func (m *meter) remaining() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return max(1, m.budget.Tokens-m.used.PromptTokens-m.used.CompletionTokens)
}

func (m *meter) usage() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

func (m *meter) llmTime() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.time
}
