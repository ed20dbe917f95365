// Package late reranks by late interaction: it compares the tokens of the query
// with the tokens of the passage, each by its own vector, instead of comparing
// one vector with one (Khattab and Zaharia, "ColBERT: Efficient and Effective
// Passage Search via Contextualized Late Interaction over BERT", arXiv
// 2004.12832).
//
// ColBERT is a model trained for this, and such a model can be used (ColBERT in
// rerank/onnx). The token vectors can also be those of the embedding model that
// is in use anyway, although it was trained only for their mean. That needs no
// download. Such a model did not learn that "the" counts less than a name, so
// its tokens are weighted by rarity (see weights).
//
// docs/development/results.md reports what that is worth. In short, joined with hybrid
// search by multilingual-e5-small: recall@5 on MuSiQue rises from 0.626 to
// 0.666, nDCG@10 on the handbook from 0.844 to 0.862 in English and from 0.836
// to 0.864 in Korean. An English model makes the order of Korean passages
// worse: put rerank.ForLanguages around it.
package late

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"selfrag/retrieval"
)

var _ retrieval.Reranker = (*Reranker)(nil)

// Model reads a text token by token. The vectors have unit length. It must be
// safe for concurrent use.
type Model interface {
	Tokens(ctx context.Context, text string) (retrieval.Tokens, error)
}

// QueryModel is a Model that reads queries differently from passages.
type QueryModel interface {
	Model
	QueryTokens(ctx context.Context, text string) (retrieval.Tokens, error)
}

// Config sizes a Reranker. Its zero value works.
type Config struct {
	Workers int // passages to read in parallel; GOMAXPROCS
}

// Reranker orders passages by MaxSim. It is safe for concurrent use.
type Reranker struct {
	model Model
	cfg   Config
}

// New returns a reranker over the model's token vectors.
func New(model Model, cfg Config) (*Reranker, error) {
	if model == nil {
		return nil, errors.New("late interaction needs a model of token vectors")
	}
	if cfg.Workers <= 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	return &Reranker{model, cfg}, nil
}

// Rerank scores each passage by its searchable text and returns all passages,
// best first. Passages of equal score keep their order. The score is a cosine
// in [-1,1] (see maxSim). When the context ends, Rerank returns within the time
// of one passage.
func (r *Reranker) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	if len(passages) == 0 {
		return nil, nil
	}
	readQuery := r.model.Tokens
	if sided, ok := r.model.(QueryModel); ok {
		readQuery = sided.QueryTokens
	}
	asked, err := tokensOf(ctx, readQuery, query)
	if err != nil {
		return nil, fmt.Errorf("read the tokens of the query: %w", err)
	}
	ranked := slices.Clone(passages)
	texts := make([]string, len(ranked))
	read := make([]retrieval.Tokens, len(ranked))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(r.cfg.Workers)
	for i := range ranked {
		texts[i] = ranked[i].Searchable()
		g.Go(func() error {
			var err error
			if read[i], err = tokensOf(gctx, r.model.Tokens, texts[i]); err != nil {
				return fmt.Errorf("compare with passage %s: %w", ranked[i].ID, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	weigh := weights(query, asked, texts, read)
	for i := range ranked {
		score, err := maxSim(asked.Vectors, weigh, read[i].Vectors)
		if err != nil {
			return nil, fmt.Errorf("compare with passage %s: %w", ranked[i].ID, err)
		}
		ranked[i].Score, ranked[i].Rerank = score, &score
	}
	slices.SortStableFunc(ranked, func(a, b retrieval.Passage) int { return cmp.Compare(b.Score, a.Score) })
	return ranked, nil
}

// tokensOf reads a text unless the context has ended.
func tokensOf(ctx context.Context, read func(context.Context, string) (retrieval.Tokens, error), text string) (retrieval.Tokens, error) {
	// A fast model may not check the context itself.
	if err := ctx.Err(); err != nil {
		return retrieval.Tokens{}, err
	}
	return read(ctx, text)
}
