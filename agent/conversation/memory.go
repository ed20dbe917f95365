package conversation

import (
	"cmp"
	"context"
	"sync"

	"selfrag/agent/claim"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// Config limits how much text of a conversation is added to prompts. The zero
// value works.
type Config struct {
	// Window is the number of exchanges that are kept word for word. The
	// default is 4. Older exchanges are merged into the summary, half a window
	// at a time, so that most questions need no model call for the summary.
	Window int
	// TurnRunes is the maximum length of a kept question or answer in runes.
	// The default is 300.
	TurnRunes int
	// SummaryRunes is the maximum length of the summary in runes. The default
	// is 600.
	SummaryRunes int
}

// Exchange is one question with its answer. The answer is empty if the agent
// abstained.
type Exchange struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// State is the content of a Memory in a form that can be stored.
type State struct {
	Summary   string     `json:"summary"`   // summary of all exchanges before the window
	Exchanges []Exchange `json:"exchanges"` // the window, oldest first
}

// Memory holds the latest exchanges of a conversation (the window) and a
// summary of the exchanges before them. The exchanges and the summary are
// limited in length. A Memory is safe for concurrent use. A question does not
// see other questions that are asked at the same time.
type Memory struct {
	cfg Config

	mu    sync.Mutex
	state State
}

// New returns the memory of a new conversation.
func New(cfg Config) *Memory {
	cfg.Window = max(1, cmp.Or(cfg.Window, 4))
	cfg.TurnRunes = cmp.Or(cfg.TurnRunes, 300)
	cfg.SummaryRunes = cmp.Or(cfg.SummaryRunes, 600)
	return &Memory{cfg: cfg}
}

// Add remembers an exchange, with question and answer shortened to
// Config.TurnRunes. It drops the numbers of the answer's citations, because
// they mean nothing in another prompt.
func (m *Memory) Add(e Exchange) {
	e.Question = text.Shortened(e.Question, m.cfg.TurnRunes)
	e.Answer = text.Shortened(claim.Said(e.Answer), m.cfg.TurnRunes)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state.Exchanges = append(m.state.Exchanges, e)
}

// State returns the content of the memory.
func (m *Memory) State() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return State{m.state.Summary, append([]Exchange{}, m.state.Exchanges...)}
}

// Restore replaces the content of the memory by the state of an earlier
// conversation.
func (m *Memory) Restore(s State) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state = State{text.Shortened(s.Summary, m.cfg.SummaryRunes), append([]Exchange{}, s.Exchanges...)}
}

// Recall returns the conversation in the form that prompts take
// (prompts.Standalone): the summary, if any, then the window, oldest first. If
// the window is too long, Recall first asks the model to merge the oldest
// exchanges into the summary, and returns the new summary as folded. Otherwise
// folded is empty. The error comes from the model.
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

// fold sets the summary and removes the oldest n exchanges from the window. old
// is the state from which the summary was made. fold does nothing if another
// question has merged these exchanges in the meantime.
func (m *Memory) fold(old State, n int, summary string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state.Summary != old.Summary || len(m.state.Exchanges) < len(old.Exchanges) {
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
