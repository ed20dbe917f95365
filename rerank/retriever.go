package rerank

import (
	"context"
	"errors"
	"fmt"

	"github.com/tmc/langchaingo/schema"
)

var _ schema.Retriever = (*CompressionRetriever)(nil)

// DocumentCompressor makes fewer or shorter documents of those found for a
// query, best first: LangChain's BaseDocumentCompressor. Compressor is one, and
// evidence.Compressor is another.
type DocumentCompressor interface {
	Compress(ctx context.Context, query string, docs []schema.Document) ([]schema.Document, error)
}

// CompressionRetriever compresses what another retriever found, as LangChain's
// ContextualCompressionRetriever does. It is a retriever itself, so that one can
// stand on another: a reranker first, then evidence. It is safe for concurrent
// use when its parts are.
type CompressionRetriever struct {
	base       schema.Retriever
	compressor DocumentCompressor
}

// NewCompressionRetriever returns a retriever that compresses what base finds.
// base should find more documents than the compressor keeps, which can only
// choose among them.
func NewCompressionRetriever(base schema.Retriever, compressor DocumentCompressor) (*CompressionRetriever, error) {
	if base == nil || compressor == nil {
		return nil, errors.New("a compression retriever needs a retriever and a document compressor")
	}
	return &CompressionRetriever{base, compressor}, nil
}

// GetRelevantDocuments returns what the compressor makes of the documents of the
// base retriever. Where that finds none, the compressor is not asked.
func (r *CompressionRetriever) GetRelevantDocuments(ctx context.Context, query string) ([]schema.Document, error) {
	docs, err := r.base.GetRelevantDocuments(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("find documents to compress: %w", err)
	}
	if len(docs) == 0 {
		return nil, nil
	}
	return r.compressor.Compress(ctx, query, docs)
}
