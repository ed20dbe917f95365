package rerank

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/tmc/langchaingo/schema"

	"selfrag/retrieval"
)

var _ schema.Retriever = (*Compressor)(nil)

// CompressorConfig says what is kept. Its zero value works.
type CompressorConfig struct {
	K int // documents kept at most; 5

	// MinScore, on the reranker's own scale, is what a document must reach to
	// be kept; nil: any will do.
	MinScore *float64
}

// Compressor reranks what another retriever found and keeps the best, as
// LangChain's ContextualCompressionRetriever with a reranker does. It is safe
// for concurrent use when its parts are.
type Compressor struct {
	base     schema.Retriever
	reranker retrieval.Reranker
	cfg      CompressorConfig
}

// NewCompressor returns a retriever that reranks what base finds. base should
// find more documents than K: the reranker can only choose among them.
func NewCompressor(base schema.Retriever, reranker retrieval.Reranker, cfg CompressorConfig) (*Compressor, error) {
	if base == nil || reranker == nil {
		return nil, errors.New("a compressor needs a retriever and a reranker")
	}
	if cfg.K < 0 {
		return nil, fmt.Errorf("a compressor cannot keep %d documents", cfg.K)
	}
	cfg.K = cmp.Or(cfg.K, 5)
	return &Compressor{base, reranker, cfg}, nil
}

// GetRelevantDocuments returns at most K documents, best first. They are those
// of the base retriever, unchanged but for Score, which is the reranker's. An
// error of either part is returned: there is no place in a schema.Document to
// say that the order is not the reranker's.
func (c *Compressor) GetRelevantDocuments(ctx context.Context, query string) ([]schema.Document, error) {
	docs, err := c.base.GetRelevantDocuments(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("find documents to rerank: %w", err)
	}
	if len(docs) == 0 {
		return nil, nil
	}
	passages, position := identify(docs)
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

// identify makes passages of documents, and tells by passage id which document
// each is. Documents of other retrievers may lack ids or repeat them, and a
// reranker tells passages apart by id.
func identify(docs []schema.Document) ([]retrieval.Passage, map[string]int) {
	passages := make([]retrieval.Passage, len(docs))
	position := make(map[string]int, len(docs))
	for i, d := range docs {
		passages[i] = retrieval.FromSchema(d)
	}
	for i := range passages {
		id := passages[i].ID
		for n := i; ; n++ {
			if _, taken := position[id]; id != "" && !taken {
				break
			}
			id = "document-" + strconv.Itoa(n)
		}
		passages[i].ID = id
		position[id] = i
	}
	return passages, position
}
