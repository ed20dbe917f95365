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

// Served implements the interfaces of package serve with the parts of the
// settings.
type Served struct {
	parts    *Parts
	log      *slog.Logger
	feedback *keys.Log
	pages    *pages
	checked  memo // whether the store can be reached
	asked    memo // whether the language model can be reached
	away     bool // the model could not be reached last time; guarded by asked
}

// Serve prepares the parts for a service. It opens the store and the prompts at
// once; other parts are opened when they are first needed. The caller closes
// the result first and then the parts.
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
	return &Served{parts: &own, log: log, feedback: feedback, pages: newPages(p.Settings), checked: memo{keep: cmp.Or(p.remember, memoTime)}, asked: memo{keep: cmp.Or(p.remember, memoTime), failed: cmp.Or(p.remember, memoTimeFailed)}}, nil
}

// Close closes the file of feedback and the reader of pages.
func (v *Served) Close() {
	_ = v.feedback.Close()
	if err := v.pages.close(); err != nil {
		v.log.Warn("the reader of pages did not end well", "error", err)
	}
}

// Pages shows pages of the documents that came from files of this machine.
func (v *Served) Pages() serve.Pages { return v.pages }

// Library implements serve.Libraries. It is the only place that turns a
// tenant's name into the tenant's collections.
func (v *Served) Library(ctx context.Context, t serve.Tenant) (serve.Library, error) {
	name, err := t.Name()
	if err != nil {
		return nil, err
	}
	return v.parts.StoreOf(ctx, name)
}

// under returns the parts for the settings of the server, changed by the
// options of a request.
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

// search returns the search of a collection with the options of a request.
func (v *Served) search(ctx context.Context, name string, c serve.Collection, o serve.SearchOptions) (*Search, error) {
	if c.Spec().Model == config.NoEmbedder && o.Mode == retrieval.Dense {
		return nil, serve.Wrong("mode", "this collection has no vectors: use lexical")
	}
	return v.under(o).SearchIn(ctx, name, c, func(cfg *retrieval.Config) {
		// Combine the filters. A request must not find passages that the filter
		// in the server's settings excludes.
		switch {
		case cfg.Filter == nil:
			cfg.Filter = o.Filter
		case o.Filter != nil:
			cfg.Filter = retrieval.And{cfg.Filter, o.Filter}
		}
		// An error of a part may contain addresses and quotations. It goes to
		// the log and not to the client.
		cfg.RerankFailed = func(err error) { v.log.WarnContext(ctx, "the reranker failed", "error", err) }
	})
}

// Agent implements serve.Engine. If no model can be reached and the question
// names no strategy, the agent's strategy is extractive.
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
		return nil, nil //nolint:nilnil // auto needs a collection, and none means no reranker
	}
	return v.parts.Reranker(ctx)
}

// readyTime limits the check whether the parts can be reached.
const readyTime = 4 * time.Second

// Ready returns nil if the store can be reached. The language model is not
// required, because without it the service answers with sentences of the
// documents.
func (v *Served) Ready(ctx context.Context) error {
	return v.checked.do(func() error {
		// Other callers share this result for a moment. It must not depend on
		// whether this client goes away.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime)
		defer cancel()
		lib, err := v.parts.Store(ctx)
		if err != nil {
			return err
		}
		if _, err := lib.Collections(ctx); err != nil {
			return err
		}
		if config.AsksModel(v.parts.Settings.Reranker) { // without the model this reranker fails, so every search fails
			return v.modelIsThere(ctx)
		}
		return nil
	})
}

// Feedback implements serve.FeedbackSink. It stores feedback in a file and
// counts it in the metrics. If the answer was traced in Langfuse, it also sends
// a score there.
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
