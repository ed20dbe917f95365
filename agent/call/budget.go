package call

import (
	"sync"
	"time"

	"selfrag/agent/internal/stop"
	"selfrag/retrieval/text"
)

// SpentError is the error of a call for which the budget has too few calls or
// tokens left. Part is "calls" or "tokens".
type SpentError = stop.SpentError

// Usage counts the cost of a turn. Calls answered from the turn's own cache
// cost nothing and are not counted.
type Usage struct {
	Calls            int `json:"llm_calls"`
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
}

// StepCost is the cost of the calls of one step, summed over a turn.
type StepCost struct {
	Step string `json:"step"`
	Usage
	// RepeatedCalls counts the calls that were identical to an earlier call of
	// the turn and were answered from its cache.
	RepeatedCalls int `json:"repeated_calls"`
	// SharedTokens is the part of PromptTokens that the server need not
	// evaluate again: the tokens that a prompt and an earlier prompt both begin
	// with. It is the server's own count (of its prefix cache) if the server
	// reports one, and otherwise an estimate from the length of the shared
	// text.
	SharedTokens int     `json:"shared_prompt_tokens"`
	Milliseconds float64 `json:"ms"`
}

// Milliseconds converts a duration to the unit of StepCost and the JSON
// outputs.
func Milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}

// meter counts calls against the budget. It is safe for concurrent use.
type meter struct {
	calls, tokens int // the budget

	mu       sync.Mutex
	used     Usage
	reserved int           // tokens reserved for calls that have not ended
	time     time.Duration // total time of the calls
	steps    []StepCost    // in the order of their first calls
}

// begin reserves one call, the estimated tokens of the prompt, and the tokens
// that the model may write, which are at most limit. It returns the number of
// tokens that the model may write, and the number of tokens that it reserved
// for the call. If the budget is spent, it returns a SpentError.
func (m *meter) begin(prompt string, limit int) (write, reserved int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used.Calls >= m.calls {
		return 0, 0, SpentError{Part: stop.Calls}
	}
	reads := text.Tokens(prompt)
	write = min(limit, m.tokens-m.used.PromptTokens-m.used.CompletionTokens-m.reserved-reads)
	if write < 1 {
		return 0, 0, SpentError{Part: stop.Tokens}
	}
	m.used.Calls++
	m.reserved += reads + write
	return write, reads + write, nil
}

// end replaces the reservation of a call by the actual cost of the call. shared
// is the share of the prompt, in [0,1], that an earlier prompt begins with,
// too.
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

func (m *meter) usage() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

func (m *meter) cost() []StepCost {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]StepCost{}, m.steps...)
}

func (m *meter) took() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.time
}
