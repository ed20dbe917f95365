package retrieval

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tmc/langchaingo/schema"
	"github.com/tmc/langchaingo/vectorstores"
)

// DocumentEmbedder turns documents and queries into vectors. Every langchaingo
// embeddings.Embedder implements it.
type DocumentEmbedder interface {
	Embedder
	EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error)
}

// WritableStore is what a VectorStore needs from a store's collection.
type WritableStore interface {
	Dense(ctx context.Context, r Request) ([]Passage, error)
	Put(ctx context.Context, doc Document, passages []Passage, vectors [][]float32) error
}

// VectorStore turns a collection of any store into a langchaingo
// vectorstores.VectorStore.
type VectorStore struct {
	Collection WritableStore
	Embedder   DocumentEmbedder
}

var _ vectorstores.VectorStore = VectorStore{}

// AddDocuments stores each document as one passage and returns the passages'
// ids. A document's source is its metadata "source"; a document without one
// gets a unique source. Only the options WithEmbedder and WithDeduplicater have
// an effect.
func (v VectorStore) AddDocuments(ctx context.Context, docs []schema.Document, options ...vectorstores.Option) ([]string, error) {
	opts, embedder, err := v.options(options)
	if err == nil && opts.Filters != nil {
		err = errors.New("a filter cannot be used here")
	}
	if err != nil {
		return nil, fmt.Errorf("add documents: %w", err)
	}
	var passages []Passage
	var texts []string
	for _, d := range docs {
		if opts.Deduplicater != nil && opts.Deduplicater(ctx, d) {
			continue
		}
		p := asPassage(d)
		passages = append(passages, p)
		texts = append(texts, p.Searchable())
	}
	vectors, err := embedder.EmbedDocuments(ctx, texts)
	if err != nil {
		return nil, fmt.Errorf("add documents: embed: %w", err)
	}
	if len(vectors) != len(passages) {
		return nil, fmt.Errorf("add documents: the embedder gave %d vectors for %d texts", len(vectors), len(passages))
	}
	ids := make([]string, len(passages))
	for i, p := range passages {
		doc := Document{ID: p.Document, Source: p.Source, Title: p.Title, Text: p.Text, Metadata: p.Metadata}
		if err := v.Collection.Put(ctx, doc, passages[i:i+1], vectors[i:i+1]); err != nil {
			return ids[:i], fmt.Errorf("add documents: %w", err)
		}
		ids[i] = p.ID
	}
	return ids, nil
}

// SimilaritySearch returns the documents nearest to the query by cosine, best
// first, without those whose cosine is below vectorstores.WithScoreThreshold.
// vectorstores.WithFilters accepts a Filter of this package or a text for
// ParseFilter. The metadata of the documents contain the ids and fields of the
// passages, as from ToSchema.
func (v VectorStore) SimilaritySearch(ctx context.Context, query string, numDocuments int, options ...vectorstores.Option) ([]schema.Document, error) {
	opts, embedder, err := v.options(options)
	if err != nil {
		return nil, fmt.Errorf("similarity search: %w", err)
	}
	vector, err := embedder.EmbedQuery(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("similarity search: embed the query: %w", err)
	}
	filter, err := asFilter(opts.Filters)
	if err != nil {
		return nil, fmt.Errorf("similarity search: %w", err)
	}
	passages, err := v.Collection.Dense(ctx, Request{Text: query, Vector: vector, K: numDocuments, Filter: filter})
	if err != nil {
		return nil, fmt.Errorf("similarity search: %w", err)
	}
	var docs []schema.Document
	for _, p := range passages {
		if opts.ScoreThreshold == 0 || p.Score >= float64(opts.ScoreThreshold) {
			docs = append(docs, ToSchema(p))
		}
	}
	return docs, nil
}

func (v VectorStore) options(options []vectorstores.Option) (vectorstores.Options, DocumentEmbedder, error) {
	var opts vectorstores.Options
	for _, o := range options {
		o(&opts)
	}
	switch {
	case opts.NameSpace != "":
		return opts, nil, errors.New("name spaces are not supported: use a tenant (DB.Tenant) or a collection for each")
	case opts.Embedder != nil:
		return opts, opts.Embedder, nil
	}
	return opts, v.Embedder, nil
}

// asFilter converts the filter that a caller of langchaingo gives.
func asFilter(given any) (Filter, error) {
	switch f := given.(type) {
	case nil:
		return nil, nil
	case Filter:
		return f, CheckFilter(f)
	case string:
		return ParseFilter(f)
	}
	return nil, fmt.Errorf("a filter of type %T is not supported: use a retrieval.Filter or a text", given)
}

// asPassage turns a document into a single passage.
func asPassage(d schema.Document) Passage {
	p := FromSchema(d)
	if p.Source == "" {
		p.Source = "langchaingo:" + rand.Text()
	}
	sum := sha256.Sum256([]byte(p.Text))
	p.Document = hex.EncodeToString(sum[:])
	p.Start, p.End = 0, len([]rune(p.Text))
	id := sha256.Sum256([]byte(p.Source + "\x00" + p.Document))
	p.ID = hex.EncodeToString(id[:8]) + "-0"
	return p
}
