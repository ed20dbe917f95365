package agent

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"strings"
	"sync"

	"selfrag/agent/internal/stop"
	"selfrag/prompts"
)

// ConversationConfig bounds what a conversation puts into prompts. Its zero
// value works.
type ConversationConfig struct {
	// Window is how many exchanges are kept word for word (4). Older ones are
	// folded into the summary, half a window at a time, so that most
	// questions cost no call for it.
	Window int
	// TurnRunes is the most of one question or answer that is kept (300).
	TurnRunes int
	// SummaryRunes is the most that the summary may hold (600).
	SummaryRunes int
	// MemoryKey is the key under which langchaingo chains find the history
	// ("history"). InputKey and OutputKey choose among the values that a chain
	// saves; they may be empty where there is one.
	MemoryKey, InputKey, OutputKey string
}

// Exchange is one question with its answer, which is empty where the documents
// did not tell.
type Exchange struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// ConversationState is what a conversation remembers, to be kept in a file.
type ConversationState struct {
	Summary   string     `json:"summary"`   // of all exchanges before those
	Exchanges []Exchange `json:"exchanges"` // the window, oldest first
}

// Conversation remembers what was asked and answered, within bounds: a
// sliding window of exchanges and a running summary of those before. It is a
// langchaingo memory. It is safe for concurrent use; questions that are asked
// at the same time do not see each other.
type Conversation struct {
	cfg ConversationConfig

	mu    sync.Mutex
	agent *Agent
	state ConversationState
}

// NewConversation returns an empty conversation with an agent.
func NewConversation(a *Agent, cfg ConversationConfig) *Conversation {
	cfg.Window = max(1, cmp.Or(cfg.Window, 4))
	cfg.TurnRunes = cmp.Or(cfg.TurnRunes, 300)
	cfg.SummaryRunes = cmp.Or(cfg.SummaryRunes, 600)
	cfg.MemoryKey = cmp.Or(cfg.MemoryKey, "history")
	return &Conversation{cfg: cfg, agent: a}
}

// Ask is Agent.Ask for a question of the conversation, which may be a
// follow-up. What was answered is remembered.
func (c *Conversation) Ask(ctx context.Context, question string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for e, err := range c.withAgent().Ask(ctx, Question{Text: question, conversation: c}) {
			if end, ok := e.(Answered); ok {
				exchange := Exchange{Question: question, Answer: end.Answer.Text}
				if end.Answer.Abstained {
					exchange.Answer = ""
				}
				c.Add(exchange)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// Switch goes on with another agent, such as one of another strategy.
func (c *Conversation) Switch(a *Agent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.agent = a
}

func (c *Conversation) withAgent() *Agent {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.agent
}

// Add remembers an exchange as far as the bounds allow, without citations.
func (c *Conversation) Add(e Exchange) {
	e.Question = shortened(e.Question, c.cfg.TurnRunes)
	e.Answer = shortened(Said(e.Answer), c.cfg.TurnRunes)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Exchanges = append(c.state.Exchanges, e)
}

// State returns what the conversation remembers.
func (c *Conversation) State() ConversationState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ConversationState{c.state.Summary, append([]Exchange{}, c.state.Exchanges...)}
}

// Restore goes on from what an earlier conversation remembered.
func (c *Conversation) Restore(s ConversationState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = ConversationState{shortened(s.Summary, c.cfg.SummaryRunes), append([]Exchange{}, s.Exchanges...)}
}

// recall is the history as prompts take it (Question.History), after folding
// what left the window into the summary.
func (c *Conversation) recall(ctx context.Context, s *Steps, emit func(Event)) ([]string, error) {
	state := c.State()
	if len(state.Exchanges) > c.cfg.Window {
		fold := len(state.Exchanges) - max(1, c.cfg.Window/2)
		summary, err := s.Summarize(ctx, prompts.Summarize{Summary: state.Summary, Turns: turnsOf(state.Exchanges[:fold])})
		if err != nil {
			return nil, err
		}
		summary = shortened(summary, c.cfg.SummaryRunes)
		c.folded(state, fold, summary)
		emit(ConversationSummarized{summary})
		state = ConversationState{summary, state.Exchanges[fold:]}
	}
	return historyOf(state), nil
}

// folded takes the oldest n exchanges of a state out of the window, unless
// another question has folded them meanwhile.
func (c *Conversation) folded(before ConversationState, n int, summary string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state.Summary != before.Summary || len(c.state.Exchanges) < len(before.Exchanges) {
		return
	}
	c.state.Summary = summary
	c.state.Exchanges = append([]Exchange{}, c.state.Exchanges[min(n, len(c.state.Exchanges)):]...)
}

func historyOf(s ConversationState) []string {
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

// shortened is a text on one line, cut to so many runes, at a space where one
// is near.
func shortened(text string, runes int) string {
	text = strings.Join(strings.Fields(text), " ")
	r := []rune(text)
	if len(r) <= runes {
		return text
	}
	text = string(r[:max(0, runes-1)])
	if i := strings.LastIndex(text, " "); i > len(text)*3/4 {
		text = text[:i]
	}
	return text + "…"
}

// resolve makes a follow-up question complete in itself, before a strategy
// sees it. A spent budget leaves the question as it is, for the strategy to
// say so.
func resolve(ctx context.Context, s *Steps, q Question, emit func(Event)) (Question, error) {
	if q.conversation != nil {
		history, err := q.conversation.recall(ctx, s, emit)
		if _, isSpent := stop.Spent(err); isSpent {
			return q, nil
		}
		if err != nil {
			return q, fmt.Errorf("recall the conversation: %w", err)
		}
		q.History = history
	}
	if len(q.History) == 0 {
		return q, nil
	}
	text, err := s.Standalone(ctx, prompts.Standalone{Question: q.Text, History: q.History})
	if _, isSpent := stop.Spent(err); isSpent {
		return q, nil
	}
	if err != nil {
		return q, err
	}
	emit(QuestionResolved{Original: q.Text, Standalone: text})
	q.Text = text
	return q, nil
}
