package agent

import (
	"context"
	"sync"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/agent/internal/watch"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Steps holds the steps that a strategy can take, such as Search or Draft. They
// use one model and one retriever, within one budget. Each step is a typed
// function that can be used alone.
type Steps struct {
	caller    *call.Caller
	retriever Retriever
	prompts   *prompts.Set
	sized     Sized // the model if it can report its size, and nil otherwise
	sizing    sync.Once
	small     bool // set once the model was asked
	cfg       Config
	lookUps   watch.Watch // first-stage searches, which run in parallel

	mu       sync.Mutex
	searched retrieval.Timings           // sums over the turn
	results  map[string]retrieval.Result // by query
	evidence map[string]evidence.Found   // by question and passages
	subjects map[string]claim.Subjects   // by question, from these results
}

func (a *Agent) steps() *Steps {
	s := &Steps{
		caller:    call.New(call.Config{Model: a.model, Calls: a.cfg.Budget.Calls, Tokens: a.cfg.Budget.Tokens, Kept: &a.kept}),
		retriever: a.retriever, prompts: a.prompts, cfg: a.cfg,
		results: map[string]retrieval.Result{}, evidence: map[string]evidence.Found{},
	}
	if sized, ok := a.model.(Sized); ok {
		s.sized = sized
	}
	return s
}

// NewSteps returns steps for use outside a turn, with a budget of their own
// from the configuration. If set is nil, the built-in prompts are used. As in
// New, the model may be nil for a strategy that does not use a model. Steps
// that ask a model then return an error.
func NewSteps(model llms.Model, retriever Retriever, set *prompts.Set, cfg Config) (*Steps, error) {
	a, err := New(model, retriever, set, cfg)
	if err != nil {
		return nil, err
	}
	return a.steps(), nil
}

// Write asks the model for free text, within the budget of the steps. A text
// cut off by the token limit loses its last, unfinished sentence. The error
// names the prompt.
func (s *Steps) Write(ctx context.Context, prompt prompts.Prompt, how call.Sampling) (string, error) {
	return s.caller.Sample(ctx, prompt, how)
}

// Grade asks the model for one of the labels of a prompt, within the budget of
// the steps. The grade is the expected value if the first label counts 1, the
// last 0, and the labels between them are evenly spaced. For Yes and No the
// grade is P(Yes); for Yes, Partly and No it is P(Yes) + P(Partly)/2. The grade
// is unknown if the model gives no label.
func (s *Steps) Grade(ctx context.Context, prompt prompts.Prompt) (Grade, error) {
	probs, ok, err := s.caller.Judge(ctx, prompt)
	if err != nil || !ok || len(probs) < 2 {
		return Grade{}, err
	}
	sum, last := 0.0, len(probs)-1
	for i, p := range probs {
		sum += p * float64(last-i) / float64(last)
	}
	return Known(sum), nil
}

// Usage returns the cost of the steps' calls so far.
func (s *Steps) Usage() Usage { return s.caller.Usage() }

// yes renders a prompt with labels and grades it.
func (s *Steps) yes(ctx context.Context, name, question string, values any) (Grade, error) {
	p, err := s.Render(name, question, values)
	if err != nil {
		return Grade{}, err
	}
	return s.Grade(ctx, p)
}

// Render fills in a prompt in the language of the question. name is a name in
// package prompts, and values has the type that belongs to it there. A step in
// another package is built from Render, Write and Grade.
func (s *Steps) Render(name, question string, values any) (prompts.Prompt, error) {
	return s.prompts.Render(name, text.Language(question), values)
}

// MessagesOf returns a rendered prompt as langchaingo messages.
func MessagesOf(p prompts.Prompt) []llms.MessageContent { return call.MessagesOf(p) }

func (s *Steps) timings(total time.Duration) Timings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Timings{
		Embed:  Milliseconds(s.searched.Embed),
		Search: Milliseconds(s.searched.Search + s.lookUps.Time()),
		Rerank: Milliseconds(s.searched.Rerank),
		LLM:    Milliseconds(s.caller.Took()),
		Total:  Milliseconds(total),
	}
}

// numbered returns passages in the form that a prompt for the question shows.
func numbered(question string, passages []retrieval.Passage) []prompts.Passage {
	out := make([]prompts.Passage, len(passages))
	for i, p := range passages {
		out[i] = prompts.Passage{N: i + 1, Title: p.Title, Text: writtenOut(question, p.Text)}
	}
	return out
}
