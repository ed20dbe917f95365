package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/milvus"
	"selfrag/retrieval/sqlite"
	"selfrag/serve"
	"selfrag/serve/keys"
	"selfrag/trace"
)

// served is the parts of the service: one store connection, and models and
// rerankers that are made when first needed and shared from then on.
type served struct {
	app      *app
	tenant   func(name string) (serve.Library, error)
	prompts  *prompts.Set
	feedback *keys.Log
	checked  memo

	mu        sync.Mutex
	shared    *opened // its closers are of all that is shared
	embedders map[string]embedder
	rerankers map[string]retrieval.Reranker
	alone     retrieval.Reranker // without a collection
}

func (a *app) openServed(ctx context.Context) (_ *served, err error) {
	p := &served{app: a, shared: &opened{}, embedders: map[string]embedder{}, rerankers: map[string]retrieval.Reranker{}}
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
	p.shared.closers = append(p.shared.closers, func() { _ = p.feedback.Close() })
	if a.settings.Store == storeMilvus {
		db, err := a.openMilvus(ctx)
		if err != nil {
			return nil, err
		}
		p.shared.closers = append(p.shared.closers, func() { _ = db.Close() })
		p.tenant = func(name string) (serve.Library, error) {
			view, err := db.Tenant(name)
			return storeOf[*milvus.Collection]{view}, err
		}
		return p, nil
	}
	db, err := sqlite.Open(ctx, filepath.Join(a.settings.DataDir, "selfrag.db"), sqlite.Config{})
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	p.shared.closers = append(p.shared.closers, func() { _ = db.Close() })
	p.tenant = func(name string) (serve.Library, error) {
		view, err := db.Tenant(name)
		return storeOf[*sqlite.Collection]{view}, err
	}
	return p, nil
}

// Close releases the parts.
func (p *served) Close() { p.shared.Close() }

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
func (p *served) Retriever(ctx context.Context, name string, c serve.Collection, o serve.SearchOptions) (agent.Retriever, error) {
	return p.retriever(ctx, name, c, o)
}

func (p *served) retriever(ctx context.Context, name string, c serve.Collection, o serve.SearchOptions) (*retrieval.TwoStage, error) {
	a := p.with(o)
	if c.Spec().Model == noEmbedder && o.Mode == retrieval.Dense {
		return nil, serve.Wrong("mode", "this collection has no vectors: use lexical")
	}
	cfg, embedder, err := a.searchConfig(name, c)
	if err != nil {
		return nil, err
	}
	// What the server's own filter hides, no request brings back.
	switch {
	case cfg.Filter == nil:
		cfg.Filter = o.Filter
	case o.Filter != nil:
		cfg.Filter = retrieval.And{cfg.Filter, o.Filter}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	vectors, key, err := p.embedder(ctx, a, embedder, cfg.Spec)
	if err != nil {
		return nil, err
	}
	reranker, ok := p.rerankers[a.settings.Reranker+"\n"+key]
	if !ok {
		parts := &opened{collection: c, model: p.shared.model}
		reranker, err = a.openReranker(ctx, parts, vectors)
		p.shared.closers, p.shared.model = append(p.shared.closers, parts.closers...), parts.model
		if err != nil {
			return nil, err
		}
		p.rerankers[a.settings.Reranker+"\n"+key] = reranker
	}
	if vectors == nil { // a nil embedder in an interface is not nil
		return retrieval.New(c, nil, reranker, cfg)
	}
	return retrieval.New(c, vectors, reranker, cfg)
}

// embedder is the shared one of that name and use; mu is held.
func (p *served) embedder(ctx context.Context, a *app, name string, spec retrieval.EmbedderSpec) (embedder, string, error) {
	if name == noEmbedder {
		return nil, name, nil
	}
	use, err := json.Marshal(spec)
	if err != nil {
		return nil, "", err
	}
	key := string(use)
	if e, ok := p.embedders[key]; ok {
		return e, key, nil
	}
	e, closer, err := a.openEmbedder(ctx, name, &spec)
	if err != nil {
		return nil, "", err
	}
	p.shared.closers = append(p.shared.closers, closer)
	p.embedders[key] = e
	return e, key, nil
}

// Agent implements serve.Engine.
func (p *served) Agent(ctx context.Context, name string, c serve.Collection, o serve.AskOptions) (*agent.Agent, error) {
	retriever, err := p.retriever(ctx, name, c, o.SearchOptions)
	if err != nil {
		return nil, err
	}
	model, err := p.Model(ctx)
	if err != nil {
		return nil, err
	}
	a := p.with(o.SearchOptions)
	a.settings.Strategy = o.Strategy
	if o.MaxIterations > 0 {
		a.settings.MaxIterations = o.MaxIterations
	}
	set := p.prompts
	if a.settings.Fence {
		set = set.Fenced(prompts.NewMark())
	}
	return a.newAgent(model, retriever, set, o.Deltas)
}

// Model implements serve.Models.
func (p *served) Model(ctx context.Context) (llms.Model, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.app.openModel(ctx, p.shared); err != nil {
		return nil, err
	}
	return p.shared.model, nil
}

// Reranker implements serve.Models.
func (p *served) Reranker(ctx context.Context) (retrieval.Reranker, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.alone != nil || p.app.settings.Reranker == "auto" || p.app.settings.Reranker == "none" {
		return p.alone, nil
	}
	reranker, err := p.app.openStandalone(ctx, p.shared)
	if err != nil {
		return nil, err
	}
	p.alone = reranker
	return reranker, nil
}

// ready tells whether the store and the model can be reached.
func (p *served) ready(ctx context.Context) error {
	return p.checked.do(func() error {
		lib, err := p.tenant(p.app.settings.Tenant)
		if err != nil {
			return err
		}
		if _, err := lib.Collections(ctx); err != nil {
			return err
		}
		if _, err := p.Model(ctx); err != nil {
			return err
		}
		if ok, err := p.shared.model.HasModel(ctx, p.shared.model.Model()); err != nil || !ok {
			return fmt.Errorf("model %s is not there: %w", p.shared.model.Model(), err)
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

// Type implements serve.Ingester.
func (p *served) Type(name string, content io.ReaderAt, size int64) (string, error) {
	return ingest.Sniff(name, content, size)
}

// Ingest implements serve.Ingester.
func (p *served) Ingest(ctx context.Context, lib serve.Library, collection string, files []serve.IngestFile, progress func(serve.IngestProgress)) error {
	s := p.app.settings
	s.Collection = collection
	a := p.app.with(s)
	c, vectors, closer, err := a.collectionToFill(ctx, lib)
	if err != nil {
		return err
	}
	defer closer()
	in, err := ingest.New(c, vectors, ingest.Config{Split: s.Split, ChunkSize: s.ChunkSize, Overlap: a.overlap(), ParentSize: s.ParentSize})
	if err != nil {
		return err
	}
	inputs := make([]ingest.Input, len(files))
	for i, f := range files {
		inputs[i] = ingest.Input{Source: f.Source, Extension: f.Type, Bytes: f.Bytes, Open: f.Open}
	}
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	_, err = in.RunInputs(running, inputs, func(e ingest.Event) {
		if code, _ := outcome(e.Err, false); code == exitUnreachable || serve.IsFull(e.Err) {
			stop(e.Err) // no fault of the document's
			return
		}
		told := serve.IngestProgress{Source: e.Source, Outcome: string(e.Outcome), Passages: e.Passages, DoneBytes: e.DoneBytes, TotalBytes: e.TotalBytes}
		if e.Err != nil {
			told.Reason = e.Err.Error()
		}
		progress(told)
	})
	if cause := context.Cause(running); cause != nil && ctx.Err() == nil {
		return cause
	}
	return err
}
