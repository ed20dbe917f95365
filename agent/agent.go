package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent/claim"
	"selfrag/agent/conversation"
	"selfrag/agent/internal/stop"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Retriever finds passages for a query. retrieval.TwoStage is one.
type Retriever interface {
	Search(ctx context.Context, query string) (retrieval.Result, error)
}

// Strategy is a way to reach an answer. It calls the turn's steps, and tells
// what happens by Turn.Emit.
type Strategy interface {
	Name() string
	Run(ctx context.Context, t *Turn) (Answer, error)
}

// Strategies are those of this package, the default first. To add one, write
// a type with these two methods over Turn.Steps, and name it here.
func Strategies() []Strategy {
	return []Strategy{SelfRAG{}, TwoStage{}, CoT{}, MCTS{}, Auto{}, Extractive{}}
}

// StrategyNames are the names of Strategies, in their order.
func StrategyNames() []string {
	var names []string
	for _, s := range Strategies() {
		names = append(names, s.Name())
	}
	return names
}

// StrategyNamed is the one of Strategies with a name; ok is false where none has
// it, and the strategy is then nil.
func StrategyNamed(name string) (s Strategy, ok bool) {
	for _, s := range Strategies() {
		if s.Name() == name {
			return s, true
		}
	}
	return nil, false
}

// asksModel reports whether a strategy, which may be nil for the default, needs a
// language model.
func asksModel(s Strategy) bool {
	_, quotes := s.(Extractive)
	return !quotes
}

// Question is what is asked.
type Question struct {
	Text string
	// History holds the earlier turns of the conversation, oldest first, each
	// as "User: ..." or "Assistant: ..."; a first line "Summary: ..." may tell
	// of those before. With a history, the question is made complete in itself
	// before it is answered.
	History []string
	// Conversation keeps a history within bounds, and is used in place of History:
	// the question may be a follow-up of what it remembers, and is remembered
	// there with its answer. nil: none.
	Conversation *conversation.Memory
}

// Agent answers questions. It is safe for concurrent use when its model and
// retriever are.
type Agent struct {
	model     llms.Model
	retriever Retriever
	prompts   *prompts.Set
	cfg       Config
	kept      sync.Map // what is found out about the model
}

// New returns an agent over any langchaingo model. A model that is also a
// TokenProber is graded by token probabilities, any other by
// schema-constrained output. The prompts may be nil for the built-in ones.
// Strategy Extractive asks no model: it may be nil there, and is left alone.
func New(model llms.Model, retriever Retriever, set *prompts.Set, cfg Config) (*Agent, error) {
	if retriever == nil {
		return nil, errors.New("an agent needs a retriever")
	}
	if !asksModel(cfg.Strategy) {
		model = nil
	} else if model == nil {
		return nil, errors.New("an agent needs a language model, unless its strategy is extractive")
	}
	cfg = cfg.withDefaults()
	if err := errors.Join(cfg.Grading.check(cfg.Calibration), cfg.Context.check()); err != nil {
		return nil, err
	}
	if set == nil {
		var err error
		if set, err = prompts.New(nil); err != nil {
			return nil, fmt.Errorf("load the built-in prompts: %w", err)
		}
	}
	return &Agent{model: model, retriever: retriever, prompts: set, cfg: cfg}, nil
}

// Turn is one question on its way to an answer. A strategy runs it.
type Turn struct {
	Question Question // complete in itself
	Language string   // of the question: "en" or "ko"
	Config   Config   // with its defaults filled in
	Steps    *Steps

	emit func(Event)
}

// Emit tells the turn's reader what happened.
func (t *Turn) Emit(e Event) { t.emit(e) }

// pieces tells what the model writes as events, piece by piece; nil where
// nobody reads them.
func (t *Turn) pieces(event func(string) Event) func(string) {
	if t.Config.NoDeltas {
		return nil
	}
	return func(s string) { t.Emit(event(s)) }
}

// rounds is how many rounds the budget allows, or the strategy's own number.
func (t *Turn) rounds(own int) int { return cmp.Or(t.Config.Budget.Iterations, own) }

// recorded is the turn with its events kept in a list, for work that runs
// beside other work: events are told by one goroutine only.
func (t *Turn) recorded(events *[]Event) *Turn {
	of := *t
	of.emit = func(e Event) { *events = append(*events, e) }
	return &of
}

// Ask answers a question. The events come in order as things happen; the
// last one is Answered. An error ends the stream: it wraps ctx.Err() when the
// context ended. Stopping to read cancels the turn.
func (a *Agent) Ask(ctx context.Context, q Question) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		reading := true
		emit := func(e Event) {
			if reading && !yield(e, nil) {
				reading = false
				cancel(stop.ErrUnread)
			}
		}
		answer, err := a.run(ctx, q, emit)
		switch {
		case !reading:
		case err != nil:
			yield(nil, err)
		default:
			q.remember(answer)
			yield(Answered{answer}, nil)
		}
	}
}

// Answer is Ask for callers who want only the end.
func (a *Agent) Answer(ctx context.Context, q Question) (Answer, error) { return Last(a.Ask(ctx, q)) }

// Last reads a turn to its end and returns the answer.
func Last(events iter.Seq2[Event, error]) (Answer, error) {
	var answer Answer
	for e, err := range events {
		if err != nil {
			return Answer{}, err
		}
		if end, ok := e.(Answered); ok {
			answer = end.Answer
		}
	}
	return answer, nil
}

func (a *Agent) run(ctx context.Context, q Question, emit func(Event)) (Answer, error) {
	q.Text = strings.TrimSpace(q.Text)
	if q.Text == "" {
		return Answer{}, errors.New("the question is empty")
	}
	ctx, root := a.startRoot(ctx, q.Text)
	answer, err := a.turn(ctx, q, emit)
	answer.TraceID = root.TraceID()
	endRoot(root, answer, err)
	return answer, err
}

// turn answers a question under the span of its turn.
func (a *Agent) turn(ctx context.Context, q Question, emit func(Event)) (Answer, error) {
	begin := time.Now()
	limited, cancel := context.WithTimeoutCause(ctx, a.cfg.Budget.Time, stop.SpentError{Part: SpentTime})
	defer cancel()
	steps := a.steps()
	strategy := a.cfg.Strategy
	emit(Started{Question: q.Text, Strategy: strategy.Name(), Spending: &Spending{steps, begin}})
	asked := q.Text
	q, err := resolve(limited, steps, q, emit)
	if ctx.Err() != nil {
		return Answer{}, fmt.Errorf("answer the question: %w", ctx.Err())
	}
	if err != nil {
		return Answer{}, err
	}
	turn := &Turn{
		Question: q,
		Language: text.Language(q.Text),
		Config:   a.cfg,
		Steps:    steps,
		emit:     emit,
	}
	answer, err := strategy.Run(limited, turn)
	if ctx.Err() != nil {
		return Answer{}, fmt.Errorf("answer the question: %w", ctx.Err())
	}
	if err != nil {
		return Answer{}, err
	}
	answer.Question, answer.Text = asked, claim.Inert(answer.Text)
	answer.Strategy = strategy.Name()
	answer.Degraded = joined(a.cfg.Degraded, answer.Degraded)
	answer.Usage, answer.Cost = steps.caller.Usage(), steps.caller.Cost()
	answer.Timings = steps.timings(time.Since(begin))
	return answer, nil
}
