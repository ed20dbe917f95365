// Package late reranks by late interaction: the query's tokens are compared
// with the passage's tokens, each by its own vector, instead of one vector with
// one (Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search
// via Contextualized Late Interaction over BERT", arXiv 2004.12832).
//
// ColBERT trains a model for it, and such a model can be used (rerank/onnx's
// ColBERT). The token vectors can also be those of the embedding model that is
// there anyway, which was trained for their mean only: that costs no download.
//
// What that is worth with all-MiniLM-L6-v2: on NovelEval nDCG@10 is 0.761, by the
// cosine of the same model 0.741. On MuSiQue it lifts recall@5 of BM25's first
// 20 from 0.496 to 0.579, and does not help where the cosine of the same model
// chose the 20: 0.615 after 0.625. That model is English: for the Korean
// questions of autorag-ko it spoils BM25's first 20, from 0.92 to 0.46 nDCG@10,
// so put rerank.ForLanguages around it.
package late

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"selfrag/internal/vec"
	"selfrag/retrieval"
)

var _ retrieval.Reranker = (*Reranker)(nil)

// Model gives one vector a token of the text, [tokens][dimensions], of any
// length but zero. It must be safe for concurrent use.
type Model interface {
	TokenVectors(ctx context.Context, text string) ([][]float32, error)
}

// QueryModel is a Model that reads queries otherwise than passages, as
// ColBERT's do: their vectors come from here.
type QueryModel interface {
	Model
	QueryVectors(ctx context.Context, text string) ([][]float32, error)
}

// Config sizes a Reranker. Its zero value works.
type Config struct {
	Workers int // passages compared at once; GOMAXPROCS
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

// Rerank scores each passage by its searchable text and returns all of them,
// best first; passages of the same score keep their order. The score is a
// cosine in [-1,1], see maxSim. When the context ends, Rerank ends within the
// time of one passage.
func (r *Reranker) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	if len(passages) == 0 {
		return nil, nil
	}
	read := r.model.TokenVectors
	if sided, ok := r.model.(QueryModel); ok {
		read = sided.QueryVectors
	}
	q, err := units(ctx, read, query)
	if err != nil {
		return nil, fmt.Errorf("token vectors of the query: %w", err)
	}
	ranked := slices.Clone(passages)
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(r.cfg.Workers)
	for i := range ranked {
		g.Go(func() error {
			score, err := r.score(gctx, q, ranked[i].Searchable())
			if err != nil {
				return fmt.Errorf("compare with passage %s: %w", ranked[i].ID, err)
			}
			ranked[i].Score, ranked[i].Rerank = score, &score
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(ranked, func(a, b retrieval.Passage) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return ranked, nil
}

func (r *Reranker) score(ctx context.Context, query [][]float32, text string) (float64, error) {
	p, err := units(ctx, r.model.TokenVectors, text)
	if err != nil {
		return 0, err
	}
	return maxSim(query, p)
}

// units returns token vectors of unit length.
func units(ctx context.Context, read func(context.Context, string) ([][]float32, error), text string) ([][]float32, error) {
	// A model may be too quick to look at the context itself.
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	vectors, err := read(ctx, text)
	if err != nil {
		return nil, err
	}
	out := make([][]float32, len(vectors))
	for i, v := range vectors {
		out[i] = vec.Unit(v)
	}
	return out, nil
}
