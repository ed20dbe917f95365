package rerank

import (
	"context"
	"errors"
	"fmt"

	"github.com/tmc/langchaingo/schema"
)

var _ schema.Retriever = (*CompressionRetriever)(nil)

// DocumentCompressor reduces the documents found for a query to fewer or
// shorter ones, best first, like LangChain's BaseDocumentCompressor. Compressor
// and evidence.Compressor are document compressors.
type DocumentCompressor interface {
	Compress(ctx context.Context, query string, docs []schema.Document) ([]schema.Document, error)
}

// CompressionRetriever compresses what another retriever found, as LangChain's
// ContextualCompressionRetriever does. It is a retriever itself, so they can be
// stacked: a reranker first, then evidence. It is safe for concurrent use if
// its parts are.
type CompressionRetriever struct {
	base       schema.Retriever
	compressor DocumentCompressor
}

// NewCompressionRetriever returns a retriever that compresses what base finds.
// base should find more documents than the compressor keeps, because the
// compressor can only choose among them.
func NewCompressionRetriever(base schema.Retriever, compressor DocumentCompressor) (*CompressionRetriever, error) {
	if base == nil || compressor == nil {
		return nil, errors.New("a compression retriever needs a retriever and a document compressor")
	}
	return &CompressionRetriever{base, compressor}, nil
}

// GetRelevantDocuments returns the compressed documents of the base retriever.
// If that finds none, the compressor is not called.
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
