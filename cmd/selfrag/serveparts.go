package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/sqlite"
	"selfrag/serve"
	"selfrag/serve/keys"
	"selfrag/trace"
)

// served is the parts of the service: one store connection, and models and
// rerankers that are made when first needed and shared from then on.
type served struct {
	app      *app
	log      *slog.Logger
	tenant   func(name string) (serve.Library, error)
	prompts  *prompts.Set
	feedback *keys.Log
	checked  memo     // of the store
	asked    memo     // of the model
	away     bool     // the model was not there when it was last asked for; asked guards it
	closers  []func() // of the store and the files

	models    *shelf[languageModel] // one
	embedders *shelf[embedder]
	rerankers *shelf[retrieval.Reranker]
}

func (a *app) openServed(ctx context.Context, log *slog.Logger) (_ *served, err error) {
	p := &served{app: a, log: log, asked: memo{failed: memoTimeFailed}, models: newShelf[languageModel](), embedders: newShelf[embedder](), rerankers: newShelf[retrieval.Reranker]()}
	defer func() {
		if err != nil {
			p.Close()
		}
	}()
	if p.prompts, err = a.openPrompts(ctx); err != nil {
		return nil, err
	}
	if p.feedback, err = keys.OpenLog(filepath.Join(a.settings.DataDir, "feedback.jsonl")); err != nil {
		return nil, err
	}
	p.closers = append(p.closers, func() { _ = p.feedback.Close() })
	if a.settings.Store == config.StoreMilvus {
		db, err := a.openMilvus(ctx)
		if err != nil {
			return nil, err
		}
		p.closers = append(p.closers, func() { _ = db.Close() })
		p.tenant = func(name string) (serve.Library, error) {
			view, err := db.Tenant(name)
			return milvusStore{view}, err
		}
		return p, nil
	}
	db, err := sqlite.Open(ctx, a.settings.Database(), sqlite.Config{})
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	p.closers = append(p.closers, func() { _ = db.Close() })
	p.tenant = func(name string) (serve.Library, error) {
		view, err := db.Tenant(name)
		return sqliteStore{view}, err
	}
	return p, nil
}

// Close releases the parts.
func (p *served) Close() {
	p.rerankers.Close() // which are made of the others
	p.embedders.Close()
	p.models.Close()
	closeAll(p.closers)
}

// Library implements serve.Libraries: the only place where a tenant's name is
// turned into its collections.
func (p *served) Library(_ context.Context, t serve.Tenant) (serve.Library, error) {
	name, err := t.Name()
	if err != nil {
		return nil, err
	}
	return p.tenant(name)
}

// with is the app under the settings of a request.
func (p *served) with(o serve.SearchOptions) *app {
	s := p.app.settings
	if o.K1 > 0 {
		s.K1 = o.K1
	}
	if o.K2 > 0 {
		s.K2 = o.K2
	}
	if o.Mode != "" {
		s.Mode = string(o.Mode)
	}
	if o.NoRerank {
		s.Reranker = "none"
	}
	return p.app.with(s)
}

// Retriever implements serve.Engine.
func (p *served) Retriever(ctx context.Context, name string, c serve.Collection, o serve.SearchOptions) (agent.Retriever, agent.EvidenceFinder, error) {
	return p.retriever(ctx, name, c, o)
}

// retriever is the search of a collection, and the finder of evidence over its
// embedder.
func (p *served) retriever(ctx context.Context, name string, c serve.Collection, o serve.SearchOptions) (*retrieval.TwoStage, *evidence.Finder, error) {
	a := p.with(o)
	if c.Spec().Model == config.NoEmbedder && o.Mode == retrieval.Dense {
		return nil, nil, serve.Wrong("mode", "this collection has no vectors: use lexical")
	}
	cfg, embedder, err := a.searchConfig(name, c)
	if err != nil {
		return nil, nil, err
	}
	// What the server's own filter hides, no request brings back.
	switch {
	case cfg.Filter == nil:
		cfg.Filter = o.Filter
	case o.Filter != nil:
		cfg.Filter = retrieval.And{cfg.Filter, o.Filter}
	}
	// What parts say names their addresses and quotes them.
	cfg.RerankFailed = func(err error) { p.log.WarnContext(ctx, "the reranker failed", "error", err) }
	vectors, key, err := p.embedder(ctx, a, embedder, cfg.Spec)
	if err != nil {
		return nil, nil, err
	}
	reranker, err := p.rerankers.take(ctx, a.settings.Reranker+"\n"+key, func(ctx context.Context) (retrieval.Reranker, []func(), error) {
		return p.openReranker(ctx, a, &opened{collection: c}, func(ctx context.Context, parts *opened) (retrieval.Reranker, error) {
			return a.openReranker(ctx, parts, vectors)
		})
	})
	if err != nil {
		return nil, nil, err
	}
	finder, err := a.findEvidence(vectors)
	if err != nil {
		return nil, nil, err
	}
	if vectors == nil { // a nil embedder in an interface is not nil
		search, err := retrieval.New(c, nil, reranker, cfg)
		return search, finder, err
	}
	search, err := retrieval.New(c, vectors, reranker, cfg)
	return search, finder, err
}

// openReranker makes a reranker, with the shared model where it asks one. The
// closers are of what was made for it alone.
func (p *served) openReranker(ctx context.Context, a *app, parts *opened, open func(context.Context, *opened) (retrieval.Reranker, error)) (_ retrieval.Reranker, _ []func(), err error) {
	parts.fence = a.settings.Fence
	if config.AsksModel(a.settings.Reranker) {
		if parts.model, err = p.model(ctx); err != nil {
			return nil, nil, err
		}
	}
	reranker, err := open(ctx, parts)
	return reranker, parts.closers, err
}

// embedder is the shared one of that name and use.
func (p *served) embedder(ctx context.Context, a *app, name string, spec retrieval.EmbedderSpec) (embedder, string, error) {
	if name == config.NoEmbedder {
		return nil, name, nil
	}
	use, err := json.Marshal(spec)
	if err != nil {
		return nil, "", err
	}
	e, err := p.embedders.take(ctx, string(use), func(ctx context.Context) (embedder, []func(), error) {
		e, closer, err := a.openEmbedder(ctx, name, &spec)
		if err != nil {
			return nil, nil, err
		}
		return e, []func(){closer}, nil
	})
	return e, string(use), err
}

// Agent implements serve.Engine. Where no model can be reached, a question that
// names no strategy is answered by extractive.
func (p *served) Agent(ctx context.Context, name string, c serve.Collection, o serve.AskOptions) (*agent.Agent, error) {
	retriever, finder, err := p.retriever(ctx, name, c, o.SearchOptions)
	if err != nil {
		return nil, err
	}
	a := p.with(o.SearchOptions)
	a.settings.Strategy = o.Strategy
	if o.MaxIterations > 0 {
		a.settings.MaxIterations = o.MaxIterations
	}
	parts := agentParts{retriever: retriever, evidence: finder, prompts: p.prompts, deltas: o.Deltas}
	if a.settings.Fence {
		parts.prompts = parts.prompts.Fenced(prompts.NewMark())
	}
	if !a.settings.AsksNoModel() && !o.Named && p.modelIsThere(ctx) != nil {
		a.settings.Strategy, parts.without = config.Extractive, servedWithout
	}
	if !a.settings.AsksNoModel() {
		if parts.model, err = p.model(ctx); err != nil {
			return nil, err
		}
	}
	return a.newAgent(parts)
}

// Model implements serve.Models.
func (p *served) Model(ctx context.Context) (llms.Model, error) { return p.model(ctx) }

func (p *served) model(ctx context.Context) (languageModel, error) {
	return p.models.take(ctx, "", func(ctx context.Context) (languageModel, []func(), error) {
		parts := &opened{}
		err := p.app.openModel(ctx, parts)
		return parts.model, parts.closers, err
	})
}

// Reranker implements serve.Models.
func (p *served) Reranker(ctx context.Context) (retrieval.Reranker, error) {
	if p.app.settings.Reranker == "auto" || p.app.settings.Reranker == "none" {
		return nil, nil
	}
	return p.rerankers.take(ctx, "", func(ctx context.Context) (retrieval.Reranker, []func(), error) { // one without a collection
		return p.openReranker(ctx, p.app, &opened{}, p.app.openStandalone)
	})
}

// readyTime is how long the parts may take to answer whether they are there.
const readyTime = 4 * time.Second

// ready reports whether the store can be reached. A language model need not be:
// without one, sentences of the documents answer.
func (p *served) ready(ctx context.Context) error {
	return p.checked.do(func() error {
		// Whoever asks within the same moment gets this answer too: it is the
		// parts', even if this client is gone.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime)
		defer cancel()
		lib, err := p.tenant(p.app.settings.Tenant)
		if err != nil {
			return err
		}
		if _, err := lib.Collections(ctx); err != nil {
			return err
		}
		if config.AsksModel(p.app.settings.Reranker) { // without which nothing is found
			return p.modelIsThere(ctx)
		}
		return nil
	})
}

// Feedback implements serve.FeedbackSink: a file keeps it, the metrics count it,
// and Langfuse gets it as a score where the answer was traced there.
func (p *served) Feedback(_ context.Context, f serve.Feedback) error {
	if err := p.feedback.Keep(f); err != nil || f.Thumb == "" {
		return err
	}
	p.app.metrics.Feedback(f.Arm, f.Thumb == "up")
	if f.TraceID == "" || p.app.tracing == nil {
		return nil
	}
	if err := p.app.tracing.Feedback(f.TraceID, f.Thumb == "up", f.Comment); !errors.Is(err, trace.ErrNoLangfuse) {
		return err
	}
	return nil
}
