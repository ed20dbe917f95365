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

// Libraries returns the library of each tenant.
type Libraries interface {
	Library(ctx context.Context, t Tenant) (Library, error)
}

// Library holds the collections of one tenant. No method reaches a collection
// of another tenant.
type Library interface {
	Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (Collection, error)
	Collection(ctx context.Context, name string) (Collection, error)
	Collections(ctx context.Context) ([]retrieval.CollectionInfo, error)
	Delete(ctx context.Context, name string) error
	Rename(ctx context.Context, from, to string) error
}

// Collection is a collection of a Library, for searching, reading and writing.
type Collection interface {
	retrieval.Store
	Put(ctx context.Context, doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) error
	Remove(ctx context.Context, source string) error
	Rename(ctx context.Context, from, to string) error
	Document(ctx context.Context, source string) (retrieval.Document, bool, error)
	Documents(ctx context.Context) ([]retrieval.DocumentInfo, error)
	Text(ctx context.Context, documentID, source string) (string, error)
	Info(ctx context.Context) (retrieval.CollectionInfo, error)
	Spec() retrieval.EmbedderSpec
}

// Engine makes retrievers and agents for a collection. The models and stores
// that they use are shared and stay open as long as the engine. Retriever also
// returns a finder of evidence for the passages that the retriever finds. If no
// language model can be reached and the caller named no strategy, Agent may
// return an agent of strategy extractive. The answers of that agent say so.
type Engine interface {
	Retriever(ctx context.Context, name string, c Collection, o SearchOptions) (agent.Retriever, agent.EvidenceFinder, error)
	Agent(ctx context.Context, name string, c Collection, o AskOptions) (*agent.Agent, error)
}

// Models returns the language model and the reranker, which can be used without
// a collection. Reranker returns nil if the reranker needs a collection.
type Models interface {
	Reranker(ctx context.Context) (retrieval.Reranker, error)
	Model(ctx context.Context) (llms.Model, error)
}

// Config holds the parts and settings of a Service.
type Config struct {
	Libraries Libraries
	Engine    Engine
	Models    Models
	Ingester  Ingester
	// Sessions returns the store of a tenant's conversations.
	Sessions func(Tenant) (*session.Store, error)
	// Questions returns the example questions that a person wrote down for a
	// collection of a tenant. It may be nil.
	Questions func(t Tenant, collection string) ([]string, error)
	Feedback  FeedbackSink // nil: feedback is refused
	Sources   Sources      // nil: there are none
	Pages     Pages        // nil: no pages of documents are shown
	// Originals returns the kept files of a tenant's uploads. nil: none are kept.
	Originals func(Tenant) (Originals, error)
	// Secret signs the ids of answers, so that a caller can give feedback only
	// on answers of the same tenant. All replicas need the same secret.
	Secret []byte
	// Collection and Strategy are the defaults for callers that name none.
	Collection, Strategy string
	// Arms holds the arms of an experiment. If there are arms, a question that
	// names no strategy gets the strategy of its arm instead of Strategy.
	Arms Arms
	Jobs JobsConfig
	// Label adds labels for a question to the context of its turn, for example
	// for the trace of the turn. It may be nil.
	Label func(context.Context, Asked) context.Context
	// Follow wraps the events of each question, for example to count them. It
	// may be nil.
	Follow func(Asked, iter.Seq2[agent.Event, error]) iter.Seq2[agent.Event, error]
	// Unmark changes the marks in a text that the model would read as the end
	// of a message, such as <|im_end|>. It is applied to texts that go to the
	// model without a prompt of this program. nil means that the model has no
	// such marks.
	Unmark func(text string) string
}

// Service holds the operations of the server. It is safe for concurrent use.
type Service struct {
	cfg  Config
	jobs *jobs

	mu   sync.Mutex
	busy map[string]bool // sessions with a question in progress, by tenant and name
}

// New returns a service. RunJobs continues the jobs of an earlier process.
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

// CollectionOr returns the name of a collection: the given name, or the default
// of the service if the given name is empty.
func (s *Service) CollectionOr(name string) string { return cmp.Or(name, s.cfg.Collection) }

// Uploading returns the number of uploads that wait or are being ingested.
func (s *Service) Uploading() int { return s.jobs.pending() }

// For returns the operations that a grant allows.
func (s *Service) For(g Grant) *Scope { return &Scope{s, g} }

// Scope holds the operations that a grant allows in the grant's tenant. The
// operations return errors of type *Error.
type Scope struct {
	service *Service
	grant   Grant
}

// library returns the tenant's library. A Scope reaches collections only
// through this library.
func (s *Scope) library(ctx context.Context) (Library, error) {
	if _, err := s.grant.tenant.Name(); err != nil {
		return nil, &Error{Kind: Forbidden, Message: "this key gives access to nothing", Err: err}
	}
	return s.service.cfg.Libraries.Library(ctx, s.grant.tenant)
}

// collection opens a collection for reading. It returns an error if the grant
// does not cover the collection.
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
