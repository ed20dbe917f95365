package wire

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/serve"
	"selfrag/serve/keys"
	"selfrag/trace"
)

// Served is the parts of a service, as package serve asks for them.
type Served struct {
	parts    *Parts
	log      *slog.Logger
	feedback *keys.Log
	checked  memo // of the store
	asked    memo // of the model
	away     bool // the model was not there when it was last asked for; asked guards it
}

// Serve makes the parts ready to be served. The store and the prompts are opened
// at once, all else when it is first needed. Whoever asks closes what is returned,
// and the parts after it.
func (p *Parts) Serve(ctx context.Context, log *slog.Logger) (*Served, error) {
	own := *p
	own.fences = true
	if _, err := own.Prompts(ctx); err != nil {
		return nil, err
	}
	if _, err := own.database(ctx); err != nil {
		return nil, err
	}
	feedback, err := keys.OpenLog(filepath.Join(p.Settings.DataDir, "feedback.jsonl"))
	if err != nil {
		return nil, err
	}
	return &Served{parts: &own, log: log, feedback: feedback, checked: memo{keep: cmp.Or(p.remember, memoTime)}, asked: memo{keep: cmp.Or(p.remember, memoTime), failed: cmp.Or(p.remember, memoTimeFailed)}}, nil
}

// Close closes what is kept of users' thumbs.
func (v *Served) Close() { _ = v.feedback.Close() }

// Library implements serve.Libraries: the only place where a tenant's name is
// turned into its collections.
func (v *Served) Library(ctx context.Context, t serve.Tenant) (serve.Library, error) {
	name, err := t.Name()
	if err != nil {
		return nil, err
	}
	return v.parts.StoreOf(ctx, name)
}

// under is the parts under the settings of a request.
func (v *Served) under(o serve.SearchOptions) *Parts {
	s := v.parts.Settings
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
	return v.parts.With(s)
}

// Retriever implements serve.Engine.
func (v *Served) Retriever(ctx context.Context, name string, c serve.Collection, o serve.SearchOptions) (agent.Retriever, agent.EvidenceFinder, error) {
	search, err := v.search(ctx, name, c, o)
	if err != nil {
		return nil, nil, err
	}
	return search.TwoStage, search.Evidence, nil
}

// search is the search of a collection under the options of a request.
func (v *Served) search(ctx context.Context, name string, c serve.Collection, o serve.SearchOptions) (*Search, error) {
	if c.Spec().Model == config.NoEmbedder && o.Mode == retrieval.Dense {
		return nil, serve.Wrong("mode", "this collection has no vectors: use lexical")
	}
	return v.under(o).SearchIn(ctx, name, c, func(cfg *retrieval.Config) {
		// What the server's own filter hides, no request brings back.
		switch {
		case cfg.Filter == nil:
			cfg.Filter = o.Filter
		case o.Filter != nil:
			cfg.Filter = retrieval.And{cfg.Filter, o.Filter}
		}
		// What parts say names their addresses and quotes them.
		cfg.RerankFailed = func(err error) { v.log.WarnContext(ctx, "the reranker failed", "error", err) }
	})
}

// Agent implements serve.Engine. Where no model can be reached, a question that
// names no strategy is answered by extractive.
func (v *Served) Agent(ctx context.Context, name string, c serve.Collection, o serve.AskOptions) (*agent.Agent, error) {
	search, err := v.search(ctx, name, c, o.SearchOptions)
	if err != nil {
		return nil, err
	}
	p := v.under(o.SearchOptions)
	s := p.Settings
	s.Strategy = o.Strategy
	if o.MaxIterations > 0 {
		s.MaxIterations = o.MaxIterations
	}
	how := AgentOptions{Deltas: o.Deltas}
	if s.Fence {
		set, err := p.Prompts(ctx)
		if err != nil {
			return nil, err
		}
		how.Prompts = set.Fenced(prompts.NewMark())
	}
	if !s.AsksNoModel() && !o.Named && v.modelIsThere(ctx) != nil {
		s.Strategy, how.Without = config.Extractive, ServedWithout
	}
	return p.With(s).Agent(ctx, search, how)
}

// Model implements serve.Models.
func (v *Served) Model(ctx context.Context) (llms.Model, error) { return v.parts.Model(ctx) }

// Reranker implements serve.Models.
func (v *Served) Reranker(ctx context.Context) (retrieval.Reranker, error) {
	if r := v.parts.Settings.Reranker; r == "auto" || r == "none" {
		return nil, nil //nolint:nilnil // there is none without a collection
	}
	return v.parts.Reranker(ctx)
}

// readyTime is how long the parts may take to answer whether they are there.
const readyTime = 4 * time.Second

// Ready reports whether the store can be reached. A language model need not be:
// without one, sentences of the documents answer.
func (v *Served) Ready(ctx context.Context) error {
	return v.checked.do(func() error {
		// Whoever asks within the same moment gets this answer too: it is the
		// parts', even if this client is gone.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime)
		defer cancel()
		lib, err := v.parts.Store(ctx)
		if err != nil {
			return err
		}
		if _, err := lib.Collections(ctx); err != nil {
			return err
		}
		if config.AsksModel(v.parts.Settings.Reranker) { // without which nothing is found
			return v.modelIsThere(ctx)
		}
		return nil
	})
}

// Feedback implements serve.FeedbackSink: a file keeps it, the metrics count it,
// and Langfuse gets it as a score where the answer was traced there.
func (v *Served) Feedback(_ context.Context, f serve.Feedback) error {
	if err := v.feedback.Keep(f); err != nil || f.Thumb == "" {
		return err
	}
	v.parts.Metrics.Feedback(f.Arm, f.Thumb == "up")
	if f.TraceID == "" || v.parts.Tracing == nil {
		return nil
	}
	if err := v.parts.Tracing.Feedback(f.TraceID, f.Thumb == "up", f.Comment); !errors.Is(err, trace.ErrNoLangfuse) {
		return err
	}
	return nil
}
