package main

import (
	"context"
	"fmt"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/milvus"
	"selfrag/retrieval/sqlite"
	"selfrag/serve"
)

// store is what the commands need of one.
type store interface {
	serve.Library
	Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (ingest.Reembedding, error)
	Close() error
}

// collection is what the commands need of one, as the service does.
type collection = serve.Collection

// database is a store whose methods return its own types.
type database[C collection, R ingest.Reembedding] interface {
	Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (C, error)
	Collection(ctx context.Context, name string) (C, error)
	Collections(ctx context.Context) ([]retrieval.CollectionInfo, error)
	Delete(ctx context.Context, name string) error
	Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (R, error)
	Close() error
}

// storeOf makes a store of a database.
type storeOf[C collection, R ingest.Reembedding] struct{ database[C, R] }

type (
	sqliteStore = storeOf[*sqlite.Collection, *sqlite.Reembedding]
	milvusStore = storeOf[*milvus.Collection, *milvus.Reembedding]
)

func (s storeOf[C, R]) Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (ingest.Reembedding, error) {
	r, err := s.database.Reembed(ctx, name, spec)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (s storeOf[C, R]) Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (collection, error) {
	c, err := s.database.Create(ctx, name, spec)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (s storeOf[C, R]) Collection(ctx context.Context, name string) (collection, error) {
	c, err := s.database.Collection(ctx, name)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (a *app) openStore(ctx context.Context) (store, error) {
	if a.settings.Store == config.StoreMilvus {
		db, err := a.openMilvus(ctx)
		if err != nil {
			return nil, err
		}
		return milvusStore{db}, nil
	}
	db, err := sqlite.Open(ctx, a.settings.Database(), sqlite.Config{Tenant: a.settings.Tenant})
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return sqliteStore{db}, nil
}

// openCollection opens the collection of the settings, which must be there.
func (a *app) openCollection(ctx context.Context, db store) (collection, error) {
	c, err := db.Collection(ctx, a.settings.Collection)
	if err != nil {
		return nil, fmt.Errorf("%w; `selfrag ingest PATH --collection %s` makes one", err, a.settings.Collection)
	}
	return c, nil
}

func (a *app) openMilvus(ctx context.Context) (*milvus.DB, error) {
	db, err := milvus.Open(ctx, milvus.Config{
		Address: a.settings.MilvusAddress, Token: string(a.settings.MilvusToken), Tenant: a.settings.Tenant, Ef: a.settings.Ef,
	})
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return db, nil
}
