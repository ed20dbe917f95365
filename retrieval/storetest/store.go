package storetest

import (
	"context"
	"testing"

	"selfrag/retrieval"
)

// Collection is what a store's collection must do.
type Collection interface {
	retrieval.Store
	retrieval.PartReader
	Put(ctx context.Context, doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) error
	Remove(ctx context.Context, source string) error
	Document(ctx context.Context, source string) (retrieval.Document, bool, error)
	Hash(ctx context.Context, source string) (string, bool, error)
	Text(ctx context.Context, documentID, source string) (string, error)
	Documents(ctx context.Context) ([]retrieval.DocumentInfo, error)
	Info(ctx context.Context) (retrieval.CollectionInfo, error)
	Spec() retrieval.EmbedderSpec
}

// Reembedding is what a store's change of a collection to another embedder must
// do.
type Reembedding interface {
	Next(ctx context.Context) (passages []retrieval.Passage, left int, err error)
	Add(ctx context.Context, vectors [][]float32) error
	Finish(ctx context.Context) (bool, error)
}

// DB is what a store must do.
type DB interface {
	Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (Collection, error)
	Collection(ctx context.Context, name string) (Collection, error)
	Collections(ctx context.Context) ([]retrieval.CollectionInfo, error)
	Delete(ctx context.Context, name string) error
	Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (Reembedding, error)
}

// Store is a store to be tested.
type Store struct {
	// Open opens the store; each time the same one. What it opened is closed
	// when its test ends.
	Open func(t testing.TB) DB
	// Tenant opens it for a tenant.
	Tenant func(t testing.TB, tenant string) DB
	// NoLexical says that it cannot search lexically.
	NoLexical bool
}

// concrete is a store whose methods return its own types.
type concrete[C Collection, R Reembedding] interface {
	Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (C, error)
	Collection(ctx context.Context, name string) (C, error)
	Collections(ctx context.Context) ([]retrieval.CollectionInfo, error)
	Delete(ctx context.Context, name string) error
	Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (R, error)
}

type adapter[C Collection, R Reembedding] struct{ concrete[C, R] }

// Adapt makes a DB of a store whose methods return its own types.
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
