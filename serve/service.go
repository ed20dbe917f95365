package serve

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/retrieval"
	"selfrag/session"
)

// Libraries gives each tenant its own collections.
type Libraries interface {
	Library(ctx context.Context, t Tenant) (Library, error)
}

// Library is the collections of one tenant. No method reaches another's.
type Library interface {
	Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (Collection, error)
	Collection(ctx context.Context, name string) (Collection, error)
	Collections(ctx context.Context) ([]retrieval.CollectionInfo, error)
	Delete(ctx context.Context, name string) error
}

// Collection is a collection of a Library: searched, read and written.
type Collection interface {
	retrieval.Store
	Put(ctx context.Context, doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) error
	Document(ctx context.Context, source string) (retrieval.Document, bool, error)
	Documents(ctx context.Context) ([]retrieval.DocumentInfo, error)
	Text(ctx context.Context, documentID, source string) (string, error)
	Info(ctx context.Context) (retrieval.CollectionInfo, error)
	Spec() retrieval.EmbedderSpec
}

// Engine wires retrievers and agents over a collection. The parts behind them
// are shared and live as long as the engine. With a retriever comes the finder of
// evidence in what it finds. Where no language model can be reached, an agent
// whose strategy nobody asked for may be of strategy extractive; its answers say
// so.
type Engine interface {
	Retriever(ctx context.Context, name string, c Collection, o SearchOptions) (agent.Retriever, agent.EvidenceFinder, error)
	Agent(ctx context.Context, name string, c Collection, o AskOptions) (*agent.Agent, error)
}

// Models is the parts that need no collection. The reranker is nil where none
// is set up that works without one.
type Models interface {
	Reranker(ctx context.Context) (retrieval.Reranker, error)
	Model(ctx context.Context) (llms.Model, error)
}

// Config says what a Service is made of.
type Config struct {
	Libraries Libraries
	Engine    Engine
	Models    Models
	Ingester  Ingester
	// Sessions are where a tenant's conversations are kept.
	Sessions func(Tenant) (*session.Store, error)
	Feedback FeedbackSink // nil: feedback is refused
	// Secret signs the ids of answers, so that feedback can be given on
	// answers of one's own tenant only. Replicas share it.
	Secret []byte
	// Collection and Strategy are taken where a caller names none.
	Collection, Strategy string
	// Arms, if there are any, choose in place of Strategy.
	Arms Arms
	Jobs JobsConfig
	// Label puts what is known of a question into the context that it is
	// answered under, such as for its trace; may be nil.
	Label func(context.Context, Asked) context.Context
	// Follow sees the events of each question pass, such as to count them; may
	// be nil.
	Follow func(Asked, iter.Seq2[agent.Event, error]) iter.Seq2[agent.Event, error]
	// Unmark breaks up what a model reads as the end of a turn, in texts that go
	// to it as they came; nil: they have no such marks.
	Unmark func(text string) string
}

// Service is the operations of the server. It is safe for concurrent use.
type Service struct {
	cfg  Config
	jobs *jobs

	mu   sync.Mutex
	busy map[string]bool // sessions with a question under way, by tenant and name
}

// New returns a service. Jobs that an earlier process left go on with RunJobs.
func New(cfg Config) (*Service, error) {
	switch {
	case cfg.Libraries == nil || cfg.Engine == nil || cfg.Models == nil || cfg.Ingester == nil || cfg.Sessions == nil:
		return nil, errors.New("a service needs libraries, an engine, models, an ingester and sessions")
	case len(cfg.Secret) < 16:
		return nil, errors.New("a service needs a secret of at least 16 bytes")
	}
	s := &Service{cfg: cfg, busy: map[string]bool{}}
	var err error
	if s.jobs, err = openJobs(cfg.Jobs); err != nil {
		return nil, err
	}
	return s, nil
}

// CollectionOr is the collection that a caller names, or else the service's.
func (s *Service) CollectionOr(named string) string { return cmp.Or(named, s.cfg.Collection) }

// Uploading is how many uploads wait or are being ingested.
func (s *Service) Uploading() int { return s.jobs.pending() }

// For returns what the grant allows.
func (s *Service) For(g Grant) *Scope { return &Scope{s, g} }

// Scope is the operations that one grant allows, in its one tenant. Errors are
// *Error.
type Scope struct {
	service *Service
	grant   Grant
}

// library is the one way to collections.
func (s *Scope) library(ctx context.Context) (Library, error) {
	if _, err := s.grant.tenant.Name(); err != nil {
		return nil, &Error{Kind: Forbidden, Message: "this key gives access to nothing", Err: err}
	}
	return s.service.cfg.Libraries.Library(ctx, s.grant.tenant)
}

// collection opens a collection that the grant lets read.
func (s *Scope) collection(ctx context.Context, name string) (Collection, error) {
	if err := retrieval.CheckName(name); err != nil {
		return nil, &Error{Kind: NotFound, Param: "collection", Message: "there is no such collection", Err: err}
	}
	if err := s.grant.mayRead(name); err != nil {
		return nil, err
	}
	lib, err := s.library(ctx)
	if err != nil {
		return nil, err
	}
	return lib.Collection(ctx, name)
}
