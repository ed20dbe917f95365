package storetest

import (
	"context"
	"testing"

	"selfrag/retrieval"
)

// Collection is the interface that a store's collections must implement.
type Collection interface {
	retrieval.Store
	retrieval.PartReader
	Put(ctx context.Context, doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) error
	Remove(ctx context.Context, source string) error
	Rename(ctx context.Context, from, to string) error
	Document(ctx context.Context, source string) (retrieval.Document, bool, error)
	Hash(ctx context.Context, source string) (string, bool, error)
	Text(ctx context.Context, documentID, source string) (string, error)
	Documents(ctx context.Context) ([]retrieval.DocumentInfo, error)
	Info(ctx context.Context) (retrieval.CollectionInfo, error)
	Spec() retrieval.EmbedderSpec
}

// Reembedding is the interface of a store's change of a collection to another
// embedder.
type Reembedding interface {
	Next(ctx context.Context) (passages []retrieval.Passage, left int, err error)
	Add(ctx context.Context, vectors [][]float32) error
	Finish(ctx context.Context) (bool, error)
}

// DB is the interface that a store must implement.
type DB interface {
	Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (Collection, error)
	Collection(ctx context.Context, name string) (Collection, error)
	Collections(ctx context.Context) ([]retrieval.CollectionInfo, error)
	Delete(ctx context.Context, name string) error
	Rename(ctx context.Context, from, to string) error
	Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (Reembedding, error)
}

// Store describes a store to test.
type Store struct {
	// Open opens the store, the same one each time. The store is closed when
	// the test ends.
	Open func(t testing.TB) DB
	// Tenant opens the store for a tenant.
	Tenant func(t testing.TB, tenant string) DB
	// NoLexical says that the store cannot search lexically.
	NoLexical bool
}

// concrete is a store whose methods return concrete types.
type concrete[C Collection, R Reembedding] interface {
	Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (C, error)
	Collection(ctx context.Context, name string) (C, error)
	Collections(ctx context.Context) ([]retrieval.CollectionInfo, error)
	Delete(ctx context.Context, name string) error
	Rename(ctx context.Context, from, to string) error
	Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (R, error)
}

type adapter[C Collection, R Reembedding] struct{ concrete[C, R] }

// Adapt turns a store whose methods return concrete types into a DB.
func Adapt[C Collection, R Reembedding](db concrete[C, R]) DB { return adapter[C, R]{db} }

func (a adapter[C, R]) Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (Reembedding, error) {
	r, err := a.concrete.Reembed(ctx, name, spec)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (a adapter[C, R]) Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (Collection, error) {
	c, err := a.concrete.Create(ctx, name, spec)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (a adapter[C, R]) Collection(ctx context.Context, name string) (Collection, error) {
	c, err := a.concrete.Collection(ctx, name)
	if err != nil {
		return nil, err
	}
	return c, nil
}
