package serve

import (
	"context"

	"selfrag/retrieval"
)

// ownStore is a store whose methods return its own type of collection.
type ownStore[C Collection] interface {
	Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (C, error)
	Collection(ctx context.Context, name string) (C, error)
	Collections(ctx context.Context) ([]retrieval.CollectionInfo, error)
	Delete(ctx context.Context, name string) error
	Rename(ctx context.Context, from, to string) error
}

// LibraryOf makes a Library of a store whose methods return its own type of
// collection, such as the stores of retrieval/sqlite and retrieval/milvus. The
// store must hold the collections of one tenant.
func LibraryOf[C Collection](store ownStore[C]) Library { return libraryOf[C]{store} }

type libraryOf[C Collection] struct{ ownStore[C] }

func (l libraryOf[C]) Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (Collection, error) {
	c, err := l.ownStore.Create(ctx, name, spec)
	if err != nil { // a nil C would become an interface that is not nil
		return nil, err
	}
	return c, nil
}

func (l libraryOf[C]) Collection(ctx context.Context, name string) (Collection, error) {
	c, err := l.ownStore.Collection(ctx, name)
	if err != nil {
		return nil, err
	}
	return c, nil
}
