package retrieval

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"selfrag/retrieval/text"
)

// Request is one first-stage search.
type Request struct {
	Text   string    // the query
	Vector []float32 // its embedding, unit length; nil for a lexical search
	K      int       // maximum number of passages
	Filter Filter    // which passages to search; nil: all
}

// Store finds candidates in one collection. Both methods return at most K
// passages, best first, with Score set. They return fewer if the collection is
// smaller.
type Store interface {
	// Dense ranks by cosine similarity to Request.Vector and sets Passage.Dense.
	Dense(ctx context.Context, r Request) ([]Passage, error)
	// Lexical ranks by BM25 over Request.Text and sets Passage.Lexical. It
	// returns only passages that share a term with the query.
	Lexical(ctx context.Context, r Request) ([]Passage, error)
}

// Embedder turns a query into a vector. Every langchaingo embeddings.Embedder
// implements it.
type Embedder interface {
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
}

// Reranker orders passages by how well they answer the query, best first, and
// sets Score and Passage.Rerank. It may drop passages but never adds any.
type Reranker interface {
	Rerank(ctx context.Context, query string, passages []Passage) ([]Passage, error)
}

// Mode selects the searches of the first stage.
type Mode string

// The modes of the first stage.
const (
	Hybrid  Mode = "hybrid"
	Dense   Mode = "dense"
	Lexical Mode = "lexical"
)

// Config configures the two stages. Its zero value works.
type Config struct {
	K1   int  // candidates of the first stage; 20
	K2   int  // passages kept by the second stage; 5
	Mode Mode // Hybrid

	// Depth is the number of passages that each side of a hybrid search finds
	// before the sides are fused into K1: Fuse needs a crowd, to see which
	// passages stand out. 100.
	Depth int

	// DenseWeight is the weight of the dense side in hybrid search, between 0
	// and 1. 0 means a default by the language of the query: 0.15 for Korean,
	// where BM25 over bigrams is the stronger side; 0.1 for a language that the
	// embedder was not trained on; 0.8 for any other. docs/development/results.md has the
	// figures.
	DenseWeight float64
	Spec        EmbedderSpec // the spec of the embedder, for its languages; may be empty

	Filter Filter // which passages are searched; nil: all

	// Parents reads the documents of passages that were cut from a larger part;
	// the search then returns the larger part instead. nil: passages are
	// returned as they were found.
	Parents Texts

	// RerankerName names the reranker in traces; it may be empty.
	RerankerName string
	// RerankTimeout is the time limit of the second stage. After it the search
	// keeps the first-stage order, and the result says so. 30 s.
	RerankTimeout time.Duration
	// RerankFailed receives the error of a failed reranker. Result.Degraded
	// then says only that the reranker failed, because readers of results need
	// not know more. nil: Result.Degraded gives the reason.
	RerankFailed func(error)
}

// Defaults returns the zero Config with its defaults filled in.
func Defaults() Config { return Config{}.withDefaults() }

func (c Config) withDefaults() Config {
	c.K1 = cmp.Or(c.K1, 20)
	c.K2 = cmp.Or(c.K2, 5)
	c.K1 = max(c.K1, c.K2)
	c.Depth = max(cmp.Or(c.Depth, 100), c.K1)
	c.Mode = cmp.Or(c.Mode, Hybrid)
	c.RerankTimeout = cmp.Or(c.RerankTimeout, 30*time.Second)
	return c
}

// Timings holds the wall-clock times of one search.
type Timings struct{ Embed, Search, Rerank, Total time.Duration }

// Result is the result of a two-stage search.
type Result struct {
	Query    string
	Passages []Passage // at most K2, best first
	Timings  Timings
	// Degraded says in a sentence which part failed and was done without. It is
	// empty if all went well.
	Degraded string
	// Rest holds the candidates after Passages, in the order of the second
	// stage, or of the first if no second stage ran. Their text is that of the
	// found passages, not of their parents.
	Rest []Passage
}

// TwoStage searches a store in two stages. It is safe for concurrent use if its
// parts are.
type TwoStage struct {
	store    Store
	embedder Embedder
	reranker Reranker
	cfg      Config
}

// New returns a two-stage retriever. embedder may be nil in mode Lexical. If
// reranker is nil, the first-stage order is kept.
func New(store Store, embedder Embedder, reranker Reranker, cfg Config) (*TwoStage, error) {
	cfg = cfg.withDefaults()
	switch cfg.Mode {
	case Hybrid, Dense, Lexical:
	default:
		return nil, fmt.Errorf("unknown search mode %q: use hybrid, dense or lexical", cfg.Mode)
	}
	if embedder == nil && cfg.Mode != Lexical {
		return nil, fmt.Errorf("search mode %q needs an embedder", cfg.Mode)
	}
	if err := CheckFilter(cfg.Filter); err != nil {
		return nil, err
	}
	return &TwoStage{store, embedder, reranker, cfg}, nil
}

// Sizes returns the maximum numbers of passages that the first stage finds and
// the second keeps.
func (t *TwoStage) Sizes() (k1, k2 int) { return t.cfg.K1, t.cfg.K2 }

// Search returns the best K2 passages for the query. A failing or slow reranker
// does not fail the search: the first-stage order is kept and Result.Degraded
// says why.
func (t *TwoStage) Search(ctx context.Context, query string) (Result, error) {
	begin := time.Now()
	res := Result{Query: query}
	req, err := t.embedSpan(ctx, query)
	if err != nil {
		return res, err
	}
	if req.Vector != nil {
		res.Timings.Embed = time.Since(begin)
	}

	searchBegin := time.Now()
	candidates, withoutLexical, err := t.firstStageSpan(ctx, req)
	if err != nil {
		return res, err
	}
	res.Timings.Search = time.Since(searchBegin)

	rerankBegin := time.Now()
	res.Passages = candidates
	if t.reranker != nil && len(candidates) > 0 {
		res.Passages, res.Degraded, err = t.secondStageSpan(ctx, query, candidates)
		if err != nil {
			return res, err
		}
		res.Timings.Rerank = time.Since(rerankBegin)
	}
	res.Degraded = strings.TrimSpace(withoutLexical + " " + res.Degraded)
	ranked := res.Passages
	if t.cfg.Parents != nil {
		var degraded string
		if res.Passages, degraded, err = readParents(ctx, t.cfg.Parents, res.Passages, t.cfg.K2); err != nil {
			return res, err
		}
		res.Degraded = strings.TrimSpace(res.Degraded + " " + degraded)
	}
	res.Passages = res.Passages[:min(len(res.Passages), t.cfg.K2)]
	res.Rest = ranked[min(len(ranked), t.cfg.K2):]
	res.Timings.Total = time.Since(begin)
	return res, nil
}

// FirstStage returns the best k candidates of the first stage, for callers that
// try many queries and choose among the results. In every mode the scores are
// those of Fuse, standard deviations above the query's average candidate, so
// that scores of two queries can be compared.
func (t *TwoStage) FirstStage(ctx context.Context, query string, k int) ([]Passage, error) {
	req, err := t.request(ctx, query, max(k, t.cfg.Depth))
	if err != nil {
		return nil, err
	}
	found, _, err := t.firstStage(ctx, req)
	if err != nil {
		return nil, err
	}
	switch t.cfg.Mode {
	case Dense:
		found = Fuse(found, nil, 1)
	case Lexical:
		found = Fuse(nil, found, 0)
	}
	return found[:min(k, len(found))], nil
}

// request returns a first-stage request for a query, with its embedding if the
// mode needs one.
func (t *TwoStage) request(ctx context.Context, query string, k int) (Request, error) {
	req := Request{Text: query, K: k, Filter: t.cfg.Filter}
	if strings.TrimSpace(query) == "" {
		return req, errors.New("the query is empty")
	}
	if t.cfg.Mode == Lexical {
		return req, nil
	}
	var err error
	if req.Vector, err = t.embedder.EmbedQuery(ctx, query); err != nil {
		return req, fmt.Errorf("embed the query: %w", err)
	}
	return req, nil
}

// mostAsked is how many passages are asked for at most where copies of one
// document stand before the others.
const mostAsked = 2000

// firstStage finds candidates, each content once. The sentence says that there
// was no lexical side to a hybrid search; it is empty otherwise.
func (t *TwoStage) firstStage(ctx context.Context, req Request) ([]Passage, string, error) {
	k := max(req.K, t.cfg.K1)
	if t.cfg.Mode == Hybrid {
		req.K = max(req.K, t.cfg.Depth)
	}
	for {
		found, withoutLexical, err := t.ranked(ctx, req)
		if err != nil {
			return nil, "", err
		}
		unique := withoutCopies(found)
		if len(unique) >= k || len(unique) == len(found) || len(found) < req.K || req.K >= mostAsked {
			if t.cfg.Mode == Hybrid && withoutLexical == "" {
				unique = unique[:min(len(unique), k)]
			}
			return unique, withoutLexical, nil
		}
		req.K *= 4
	}
}

// ranked is what the sides of the search find.
func (t *TwoStage) ranked(ctx context.Context, req Request) ([]Passage, string, error) {
	var dense, lexical []Passage
	var withoutLexical string
	g, gctx := errgroup.WithContext(ctx)
	if t.cfg.Mode != Lexical {
		g.Go(func() (err error) {
			if dense, err = t.store.Dense(gctx, req); err != nil {
				return fmt.Errorf("dense search: %w", err)
			}
			return nil
		})
	}
	if t.cfg.Mode != Dense {
		g.Go(func() (err error) {
			lexical, err = t.store.Lexical(gctx, req)
			if errors.Is(err, ErrNoLexical) && t.cfg.Mode == Hybrid {
				withoutLexical = fmt.Sprintf("The search was by vectors only (%v).", err)
				return nil
			}
			if err != nil {
				return fmt.Errorf("lexical search: %w", err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, "", err
	}
	switch {
	case withoutLexical != "":
		return dense, withoutLexical, nil
	case t.cfg.Mode == Dense:
		return dense, "", nil
	case t.cfg.Mode == Lexical:
		return lexical, "", nil
	}
	return Fuse(dense, lexical, t.denseWeight(req.Text)), "", nil
}

func (t *TwoStage) denseWeight(query string) float64 {
	language := text.Language(query)
	switch {
	case t.cfg.DenseWeight > 0:
		return t.cfg.DenseWeight
	case !t.cfg.Spec.Knows(language):
		return 0.1
	case language == "ko":
		return 0.15
	}
	return 0.8
}

// secondStage reranks within the time limit. It returns an error only if the
// caller's context ended.
func (t *TwoStage) secondStage(ctx context.Context, query string, candidates []Passage) ([]Passage, string, error) {
	rctx, cancel := context.WithTimeout(ctx, t.cfg.RerankTimeout)
	defer cancel()
	ranked, err := t.reranker.Rerank(rctx, query, slices.Clone(candidates))
	if err == nil {
		return ranked, "", nil
	}
	if ctx.Err() != nil {
		return nil, "", fmt.Errorf("rerank: %w", ctx.Err())
	}
	if rctx.Err() != nil {
		err = fmt.Errorf("it took longer than %s", t.cfg.RerankTimeout)
	}
	if t.cfg.RerankFailed != nil {
		t.cfg.RerankFailed(err)
		return candidates, "The reranker failed; passages are in first-stage order.", nil
	}
	return candidates, fmt.Sprintf("The reranker failed (%v); passages are in first-stage order.", err), nil
}
