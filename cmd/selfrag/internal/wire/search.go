package wire

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// Search holds the two-stage search of a collection and the parts that the
// search uses.
type Search struct {
	Collection Collection
	TwoStage   *retrieval.TwoStage
	Evidence   *evidence.Finder
	Embedder   Embedder // nil for a collection without vectors

	reranker retrieval.Reranker // nil for no reranking
	cfg      retrieval.Config
}

// Search returns the search of the settings' collection, which must exist.
func (p *Parts) Search(ctx context.Context) (*Search, error) {
	limited, cancel := p.bounded(ctx)
	defer cancel()
	c, err := p.Collection(limited)
	if err != nil {
		return nil, p.late(ctx, limited, err)
	}
	s, err := p.SearchIn(limited, p.Settings.Collection, c, func(*retrieval.Config) {})
	return s, p.late(ctx, limited, err)
}

// bounded returns a context that ends when a command that asks one question must
// be done.
func (p *Parts) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if p.Until.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, p.Until)
}

// late returns the error for a store or an embedder that did not open in time, or
// else err.
func (p *Parts) late(ctx, limited context.Context, err error) error {
	if err == nil || ctx.Err() != nil || !errors.Is(context.Cause(limited), context.DeadlineExceeded) {
		return err
	}
	return fault.Unreachable(fmt.Errorf("the store or the embedder was not ready within %s (--timeout): %w", p.Settings.Timeout, err))
}

// SearchIn returns the search of the collection c. name is the name of c. narrow
// may change the configuration of the search.
func (p *Parts) SearchIn(ctx context.Context, name string, c Collection, narrow func(*retrieval.Config)) (*Search, error) {
	cfg, embedder, err := p.searchConfig(name, c)
	if err != nil {
		return nil, err
	}
	narrow(&cfg)
	s := &Search{Collection: c, cfg: cfg}
	if s.Embedder, err = p.Embedder(ctx, embedder, &cfg.Spec); err != nil {
		return nil, err
	}
	if s.reranker, err = p.reranker(ctx, s.Embedder, cfg.Spec); err != nil {
		return nil, err
	}
	if s.Evidence, err = p.evidence(s.Embedder); err != nil {
		return nil, err
	}
	if s.TwoStage, err = s.Over(c); err != nil {
		return nil, fault.Usage(err)
	}
	return s, nil
}

// Over returns the same search over another store.
func (s *Search) Over(store retrieval.Store) (*retrieval.TwoStage, error) {
	return retrieval.New(store, s.Embedder, s.reranker, s.cfg)
}

// searchConfig returns the configuration for searching a collection, and the
// name of the embedder for the search. The name is "none" if the search needs
// no embedder.
func (p *Parts) searchConfig(named string, c Collection) (cfg retrieval.Config, embedder string, err error) {
	filter, err := retrieval.ParseFilter(p.Settings.Filter)
	if err != nil {
		return cfg, "", fault.Usage(err)
	}
	spec := c.Spec()
	cfg = retrieval.Config{
		K1: p.Settings.K1, K2: p.Settings.K2, Mode: retrieval.Mode(p.Settings.Mode), Spec: spec, Filter: filter, Parents: c,
		RerankerName: strings.Replace(p.Settings.Reranker, "auto", "late", 1),
	}
	if embedder, err = p.EmbedderFor(named, spec); err != nil {
		return cfg, "", err
	}
	if embedder == config.NoEmbedder {
		if cfg.Mode == retrieval.Dense {
			return cfg, "", fmt.Errorf("collection %q has no vectors (embedder none): use --mode lexical", named)
		}
		cfg.Mode = retrieval.Lexical
	}
	if cfg.Mode == retrieval.Lexical && !config.WantsEmbedder(p.Settings.Reranker) {
		embedder = config.NoEmbedder
	}
	return cfg, embedder, nil
}
