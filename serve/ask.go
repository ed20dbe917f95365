package serve

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"selfrag/agent"
	"selfrag/agent/conversation"
	"selfrag/retrieval"
)

// The limits of a question, its history and its search.
const (
	maxQuestionRunes = 8000
	maxK             = 200
	maxHistory       = 4 // exchanges; prompts take these word for word
)

// SearchOptions says how to find passages. Zero fields take the server's
// settings.
type SearchOptions struct {
	K1, K2   int
	Mode     retrieval.Mode
	Filter   retrieval.Filter
	NoRerank bool
}

// AskOptions says how to answer a question. Zero fields take the server's
// settings.
type AskOptions struct {
	SearchOptions
	Strategy string
	// Named says that the caller or an experiment chose the strategy, so no
	// other strategy may replace it.
	Named         bool
	MaxIterations int
	// Deltas turns on events with the pieces of a draft while the model writes
	// it.
	Deltas bool
}

// Question holds a question about a collection, with the person who asks and
// the options.
type Question struct {
	Asker
	Text       string
	Collection string
	AskOptions
	// History holds the exchanges before this question, oldest first. Only the
	// last few are used. A question in a session uses the history of the
	// session instead.
	History []conversation.Exchange
	Session string
}

// Turn holds the events that answer a question, and the arm that the question
// was assigned to.
type Turn struct {
	Assignment
	// Events yields the events of agent.Agent.Ask.
	Events iter.Seq2[agent.Event, error]
}

// Ask begins to answer a question. It returns an error if the question is
// invalid or not allowed. Later errors come with the events.
func (s *Scope) Ask(ctx context.Context, q Question) (Turn, error) {
	if err := s.grant.mayAsk(q.AskOptions); err != nil {
		return Turn{}, err
	}
	assigned, err := s.assign(&q)
	if err != nil {
		return Turn{}, explain(ctx, err)
	}
	asked := Asked{Asker: q.Asker, Assignment: assigned, Session: q.Session}
	asked.Tenant, _ = s.grant.tenant.Name() // the error is ignored, because without a tenant no question is answered
	events, err := s.ask(s.service.label(ctx, asked), q, assigned)
	if err != nil {
		return Turn{}, explain(ctx, err)
	}
	if follow := s.service.cfg.Follow; follow != nil {
		events = follow(asked, events)
	}
	return Turn{assigned, func(yield func(agent.Event, error) bool) {
		for e, err := range events {
			if !yield(e, explain(ctx, err)) {
				return
			}
		}
	}}, nil
}

func (s *Scope) ask(ctx context.Context, q Question, assigned Assignment) (iter.Seq2[agent.Event, error], error) {
	q.Collection = s.service.CollectionOr(q.Collection)
	if err := checkText("question", q.Text); err != nil {
		return nil, err
	}
	if err := q.checkUser(); err != nil {
		return nil, err
	}
	if !isStrategy(q.Strategy) {
		return nil, Wrong("strategy", "unknown strategy %q: use one of %s", q.Strategy, strings.Join(agent.StrategyNames(), ", "))
	}
	if q.MaxIterations < 0 || q.MaxIterations > 100 {
		return nil, Wrong("max_iterations", "max_iterations must be 0 to 100")
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	c, err := s.collection(ctx, q.Collection)
	if err != nil {
		return nil, err
	}
	a, err := s.service.cfg.Engine.Agent(ctx, q.Collection, c, q.AskOptions)
	if err != nil {
		return nil, err
	}
	if q.Session != "" && s.grant.onlyAsk {
		return nil, errorf(Forbidden, "this key may not use sessions: send a history")
	}
	if q.Session != "" {
		return s.askInSession(ctx, a, q, assigned)
	}
	if len(q.History) == 0 {
		return a.Ask(ctx, agent.Question{Text: q.Text}), nil
	}
	talk := conversation.New(conversation.Config{Window: maxHistory})
	for _, e := range q.History[max(0, len(q.History)-maxHistory):] {
		talk.Add(e)
	}
	return a.Ask(ctx, agent.Question{Text: q.Text, Conversation: talk}), nil
}

// checkText refuses text that cannot be a question or a query.
func checkText(param, text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return Wrong(param, "the %s is empty", param)
	case !utf8.ValidString(text):
		return Wrong(param, "the %s is not valid UTF-8", param)
	case utf8.RuneCountInString(text) > maxQuestionRunes:
		return Wrong(param, "the %s is longer than %d characters", param, maxQuestionRunes)
	}
	return nil
}

func (o SearchOptions) check() error {
	switch {
	case o.K1 < 0 || o.K1 > maxK:
		return Wrong("k1", "k1 must be 1 to %d", maxK)
	case o.K2 < 0 || o.K2 > maxK:
		return Wrong("k2", "k2 must be 1 to %d", maxK)
	}
	switch o.Mode {
	case "", retrieval.Hybrid, retrieval.Dense, retrieval.Lexical:
	default:
		return Wrong("mode", "unknown mode %q: use hybrid, dense or lexical", o.Mode)
	}
	if err := retrieval.CheckFilter(o.Filter); err != nil {
		return Wrong("filter", "%v", err)
	}
	return nil
}

func isStrategy(name string) bool {
	_, ok := agent.StrategyNamed(name)
	return ok
}

// DefaultModel stands in place of a strategy in the name of a model, as in
// "default/handbook". For such a model the service chooses the strategy. It is
// the strategy of an arm while an experiment runs, and the configured strategy
// otherwise.
const DefaultModel = "default"

// PlainModel is the strategy part of a model name that stands for the language
// model itself. It answers the messages without documents. Chat products use it
// for the titles and tags of a conversation.
const PlainModel = "plain"

// ModelInfo describes what a chat front end shows as a model: a strategy that
// answers from a collection.
type ModelInfo struct {
	Name       string
	Strategy   string // empty: the service chooses
	Collection string
	Created    string // creation time of the collection, RFC 3339
	Plain      bool   // the language model itself: see PlainModel
}

// Models returns a model for each strategy and each collection that the grant
// covers, named "strategy/collection". For each collection it also returns a
// model "default/collection", for which the service chooses the strategy
// (DefaultModel), and a model "plain/collection" (PlainModel).
func (s *Scope) Models(ctx context.Context) ([]ModelInfo, error) {
	infos, err := s.Collections(ctx)
	if err != nil {
		return nil, err
	}
	models := []ModelInfo{}
	for _, c := range infos {
		for _, strategy := range agent.StrategyNames() {
			models = append(models, ModelInfo{Name: strategy + "/" + c.Name, Strategy: strategy, Collection: c.Name, Created: c.Created})
		}
		models = append(models,
			ModelInfo{Name: DefaultModel + "/" + c.Name, Collection: c.Name, Created: c.Created},
			ModelInfo{Name: PlainModel + "/" + c.Name, Collection: c.Name, Created: c.Created, Plain: true})
	}
	return models, nil
}

// ModelNamed parses the name of a model. A name without a collection means the
// default collection of the service. ModelNamed does not check that the
// collection exists. If it does not, asking the model returns an error, which
// UnknownModel rewrites.
func (s *Scope) ModelNamed(name string) (ModelInfo, error) {
	strategy, collection, _ := strings.Cut(name, "/")
	m := ModelInfo{Name: name, Strategy: strategy, Collection: s.service.CollectionOr(collection)}
	m.Plain = strategy == PlainModel
	named := m.Plain || strategy == DefaultModel
	if named {
		m.Strategy = ""
	}
	if !named && !isStrategy(strategy) || retrieval.CheckName(m.Collection) != nil || !s.grant.reads(m.Collection) {
		return m, UnknownModel(name, errorf(NotFound, "no such strategy or collection"))
	}
	return m, nil
}

// Model describes the model with the given name.
func (s *Scope) Model(ctx context.Context, name string) (ModelInfo, error) {
	m, err := s.ModelNamed(name)
	if err != nil {
		return m, err
	}
	info, err := s.Collection(ctx, m.Collection)
	m.Created = info.Created
	return m, UnknownModel(name, err)
}

// UnknownModel replaces a not-found error about a collection by a not-found
// error about the model with the given name. It returns other errors unchanged.
func UnknownModel(name string, err error) error {
	var known *Error
	if errors.As(err, &known) && known.Kind == NotFound {
		return &Error{Kind: NotFound, Param: "model", Message: fmt.Sprintf("the model %q does not exist, or this key gives no access to it", name), Err: known}
	}
	return err
}
