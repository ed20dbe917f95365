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

// Retriever finds passages for a query. retrieval.TwoStage implements it.
type Retriever interface {
	Search(ctx context.Context, query string) (retrieval.Result, error)
}

// Strategy is a way to answer a question, such as SelfRAG. It calls the turn's
// steps and reports its progress through Turn.Emit.
type Strategy interface {
	Name() string
	Run(ctx context.Context, t *Turn) (Answer, error)
}

// Strategies returns the strategies of this package, the default first. To add
// one, write a type with these two methods over Turn.Steps and list it here.
func Strategies() []Strategy {
	return []Strategy{SelfRAG{}, TwoStage{}, CoT{}, MCTS{}, Auto{}, Extractive{}}
}

// StrategyNames returns the names of all strategies, in the order of
// Strategies.
func StrategyNames() []string {
	var names []string
	for _, s := range Strategies() {
		names = append(names, s.Name())
	}
	return names
}

// StrategyNamed returns the strategy with the given name. If there is no such
// strategy, s is nil and ok is false.
func StrategyNamed(name string) (s Strategy, ok bool) {
	for _, s := range Strategies() {
		if s.Name() == name {
			return s, true
		}
	}
	return nil, false
}

// asksModel reports whether a strategy needs a language model. nil means the
// default strategy.
func asksModel(s Strategy) bool {
	_, quotes := s.(Extractive)
	return !quotes
}

// Question is a question to answer.
type Question struct {
	Text string
	// History holds the earlier turns of the conversation, oldest first, each
	// as "User: ..." or "Assistant: ...". The first element may be "Summary:
	// ...", a summary of still earlier turns. Before a question with a history
	// is answered, it is rewritten as a question that is complete in itself.
	History []string
	// Conversation, if not nil, is used in place of History. It limits the
	// length of the history, and it stores the question with its answer for
	// later questions.
	Conversation *conversation.Memory
}

// Agent answers questions. An Agent is safe for concurrent use if its model and
// its retriever are.
type Agent struct {
	model     llms.Model
	retriever Retriever
	prompts   *prompts.Set
	cfg       Config
	kept      sync.Map // what the calls have shown about the model
}

// New returns an agent over any langchaingo model. A model that is also a
// TokenProber is graded by token probabilities, any other model by
// schema-constrained output. If set is nil, the built-in prompts are used. The
// strategy Extractive does not use a model, so model may be nil for it.
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

// Turn holds all that a strategy needs to answer one question: the question,
// the steps that it can take, and where its events go.
type Turn struct {
	Question Question // complete in itself
	Language string   // language of the question: "en" or "ko"
	Config   Config   // with its defaults filled in
	Steps    *Steps

	emit func(Event)
}

// Emit sends an event to the code that reads the events of the turn.
func (t *Turn) Emit(e Event) { t.emit(e) }

// pieces returns a function that emits each piece of the model's text as an
// event. It returns nil if such events are turned off (Config.NoDeltas).
func (t *Turn) pieces(event func(string) Event) func(string) {
	if t.Config.NoDeltas {
		return nil
	}
	return func(s string) { t.Emit(event(s)) }
}

// rounds returns the number of rounds that the budget allows. If the budget
// does not limit the rounds, it returns limit, the default of the strategy.
func (t *Turn) rounds(limit int) int { return cmp.Or(t.Config.Budget.Iterations, limit) }

// recorded returns a copy of the turn that appends its events to a list. Work
// that runs beside other work uses it, because only one goroutine may emit
// events.
func (t *Turn) recorded(events *[]Event) *Turn {
	of := *t
	of.emit = func(e Event) { *events = append(*events, e) }
	return &of
}

// Ask answers a question. It yields events while the turn runs. The last event
// is Answered. An error ends the stream. The error wraps ctx.Err() if the
// context ended. If the caller stops reading, the turn is cancelled.
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

// Answer is like Ask for callers that only want the answer.
func (a *Agent) Answer(ctx context.Context, q Question) (Answer, error) { return Last(a.Ask(ctx, q)) }

// Last reads the events of a turn to their end and returns the answer.
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

// turn answers a question and records the turn in a trace span.
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
