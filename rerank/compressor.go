package rerank

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/tmc/langchaingo/schema"

	"selfrag/retrieval"
)

var _ DocumentCompressor = (*Compressor)(nil)

// CompressorConfig says what is kept. Its zero value works.
type CompressorConfig struct {
	K int // documents kept at most; 5

	// MinScore, on the reranker's own scale, is what a document must reach to
	// be kept; nil: any will do.
	MinScore *float64
}

// Compressor keeps the documents that a reranker holds to be best. It is safe
// for concurrent use when the reranker is.
type Compressor struct {
	reranker retrieval.Reranker
	cfg      CompressorConfig
}

// NewCompressor makes a document compressor of a reranker.
func NewCompressor(reranker retrieval.Reranker, cfg CompressorConfig) (*Compressor, error) {
	if reranker == nil {
		return nil, errors.New("a compressor needs a reranker")
	}
	if cfg.K < 0 {
		return nil, fmt.Errorf("a compressor cannot keep %d documents", cfg.K)
	}
	cfg.K = cmp.Or(cfg.K, 5)
	return &Compressor{reranker, cfg}, nil
}

// Compress returns at most K of the documents, best first. They are unchanged
// but for Score, which is the reranker's. An error of the reranker is returned:
// there is no place in a schema.Document to say that the order is not its own.
func (c *Compressor) Compress(ctx context.Context, query string, docs []schema.Document) ([]schema.Document, error) {
	if len(docs) == 0 {
		return nil, nil
	}
	passages := retrieval.FromSchemas(docs)
	position := make(map[string]int, len(docs))
	for i, p := range passages {
		position[p.ID] = i
	}
	ranked, err := c.reranker.Rerank(ctx, query, passages)
	if err != nil {
		return nil, fmt.Errorf("rerank %d documents: %w", len(docs), err)
	}
	kept := make([]schema.Document, 0, c.cfg.K)
	for _, p := range ranked[:min(len(ranked), c.cfg.K)] {
		if c.cfg.MinScore != nil && p.Score < *c.cfg.MinScore {
			break // best first: no later one reaches it
		}
		i, ok := position[p.ID]
		if !ok {
			return nil, fmt.Errorf("rerank %d documents: the reranker returned %q, which is none of them", len(docs), p.ID)
		}
		doc := docs[i]
		doc.Score = float32(p.Score)
		kept = append(kept, doc)
	}
	return kept, nil
}
