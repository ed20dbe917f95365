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

// CompressorConfig sets what a Compressor keeps. Its zero value works.
type CompressorConfig struct {
	K int // most documents to keep; 5

	// MinScore is the least score of a kept document, on the reranker's own
	// scale. If it is nil, there is no limit.
	MinScore *float64
}

// Compressor keeps the documents that a reranker scores best. It is safe for
// concurrent use if the reranker is.
type Compressor struct {
	reranker retrieval.Reranker
	cfg      CompressorConfig
}

// NewCompressor returns a document compressor that uses a reranker.
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
// except for Score, which is the reranker's. Compress returns the errors of the
// reranker, because a schema.Document has no place to say that the order is not
// the reranker's.
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
