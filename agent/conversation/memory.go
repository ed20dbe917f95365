package conversation

import (
	"cmp"
	"context"
	"sync"

	"selfrag/agent/claim"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// Config bounds what a conversation puts into prompts. Its zero value works.
type Config struct {
	// Window is how many exchanges are kept word for word (4). Older ones are
	// folded into the summary, half a window at a time, so that most
	// questions cost no call for it.
	Window int
	// TurnRunes is the most of one question or answer that is kept (300).
	TurnRunes int
	// SummaryRunes is the most that the summary may hold (600).
	SummaryRunes int
}

// Exchange is one question with its answer, which is empty where the documents
// did not tell.
type Exchange struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// State is what a conversation remembers, to be kept in a file.
type State struct {
	Summary   string     `json:"summary"`   // of all exchanges before those
	Exchanges []Exchange `json:"exchanges"` // the window, oldest first
}

// Memory remembers a conversation within bounds: a sliding window of exchanges
// and a running summary of those before. It is safe for concurrent use; questions
// that are asked at the same time do not see each other.
type Memory struct {
	cfg Config

	mu    sync.Mutex
	state State
}

// New returns the memory of a conversation that has not begun.
func New(cfg Config) *Memory {
	cfg.Window = max(1, cmp.Or(cfg.Window, 4))
	cfg.TurnRunes = cmp.Or(cfg.TurnRunes, 300)
	cfg.SummaryRunes = cmp.Or(cfg.SummaryRunes, 600)
	return &Memory{cfg: cfg}
}

// Add remembers an exchange as far as the bounds allow. The numbers of the
// answer's citations are left out: they mean nothing in another prompt.
func (m *Memory) Add(e Exchange) {
	e.Question = text.Shortened(e.Question, m.cfg.TurnRunes)
	e.Answer = text.Shortened(claim.Said(e.Answer), m.cfg.TurnRunes)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state.Exchanges = append(m.state.Exchanges, e)
}

// State returns what is remembered.
func (m *Memory) State() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return State{m.state.Summary, append([]Exchange{}, m.state.Exchanges...)}
}

// Restore goes on from what an earlier conversation remembered.
func (m *Memory) Restore(s State) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state = State{text.Shortened(s.Summary, m.cfg.SummaryRunes), append([]Exchange{}, s.Exchanges...)}
}

// Recall returns what is remembered as prompts take it (prompts.Standalone): the
// summary, if any, then the window, oldest first. Where exchanges left the window
// it has the model fold them into the summary first, and returns the new one as
// folded; empty: nothing was folded. The error is the model's.
func (m *Memory) Recall(ctx context.Context, model Model) (history []string, folded string, err error) {
	state := m.State()
	if len(state.Exchanges) > m.cfg.Window {
		fold := len(state.Exchanges) - max(1, m.cfg.Window/2)
		folded, err = Summarize(ctx, model, prompts.Summarize{Summary: state.Summary, Turns: turnsOf(state.Exchanges[:fold])})
		if err != nil {
			return nil, "", err
		}
		folded = text.Shortened(folded, m.cfg.SummaryRunes)
		m.fold(state, fold, folded)
		state = State{folded, state.Exchanges[fold:]}
	}
	return historyOf(state), folded, nil
}

// fold takes the oldest n exchanges of a state out of the window, unless
// another question has folded them meanwhile.
func (m *Memory) fold(before State, n int, summary string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state.Summary != before.Summary || len(m.state.Exchanges) < len(before.Exchanges) {
		return
	}
	m.state.Summary = summary
	m.state.Exchanges = append([]Exchange{}, m.state.Exchanges[min(n, len(m.state.Exchanges)):]...)
}

func historyOf(s State) []string {
	var out []string
	if s.Summary != "" {
		out = append(out, "Summary: "+s.Summary)
	}
	return append(out, turnsOf(s.Exchanges)...)
}

func turnsOf(exchanges []Exchange) []string {
	out := make([]string, 0, 2*len(exchanges))
	for _, e := range exchanges {
		out = append(out, "User: "+e.Question)
		if e.Answer != "" {
			out = append(out, "Assistant: "+e.Answer)
		}
	}
	return out
}
