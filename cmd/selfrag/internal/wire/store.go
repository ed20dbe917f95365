package wire

import (
	"context"
	"errors"
	"fmt"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/milvus"
	"selfrag/retrieval/sqlite"
	"selfrag/serve"
)

// Store is the collections of a tenant, and what commands do with them.
type Store interface {
	serve.Library
	Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (ingest.Reembedding, error)
}

// Collection is what commands need of one, as the service does.
type Collection = serve.Collection

// database is a store of all tenants.
type database interface {
	tenant(name string) (Store, error)
}

type (
	sqliteDatabase struct{ *sqlite.DB }
	milvusDatabase struct{ *milvus.DB }
)

func (d sqliteDatabase) tenant(name string) (Store, error) {
	view, err := d.Tenant(name)
	return sqliteStore{view}, err
}

func (d milvusDatabase) tenant(name string) (Store, error) {
	view, err := d.Tenant(name)
	return milvusStore{view}, err
}

// own is a store whose methods return its own types.
type own[C Collection, R ingest.Reembedding] interface {
	Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (C, error)
	Collection(ctx context.Context, name string) (C, error)
	Collections(ctx context.Context) ([]retrieval.CollectionInfo, error)
	Delete(ctx context.Context, name string) error
	Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (R, error)
}

// storeOf makes a store of a database.
type storeOf[C Collection, R ingest.Reembedding] struct{ own[C, R] }

type (
	sqliteStore = storeOf[*sqlite.Collection, *sqlite.Reembedding]
	milvusStore = storeOf[*milvus.Collection, *milvus.Reembedding]
)

func (s storeOf[C, R]) Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (ingest.Reembedding, error) {
	r, err := s.own.Reembed(ctx, name, spec)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (s storeOf[C, R]) Create(ctx context.Context, name string, spec retrieval.EmbedderSpec) (Collection, error) {
	c, err := s.own.Create(ctx, name, spec)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (s storeOf[C, R]) Collection(ctx context.Context, name string) (Collection, error) {
	c, err := s.own.Collection(ctx, name)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// database is the shared one of the settings.
func (p *Parts) database(ctx context.Context) (database, error) {
	return p.shared.stores.take(ctx, p.storeKey(), func(ctx context.Context) (database, []func(), error) {
		s := p.Settings
		if s.Store == config.StoreMilvus {
			db, err := milvus.Open(ctx, milvus.Config{Address: s.MilvusAddress, Token: string(s.MilvusToken), Ef: s.Ef})
			if err != nil {
				return nil, nil, fmt.Errorf("open the store: %w", err)
			}
			return milvusDatabase{db}, []func(){func() { _ = db.Close() }}, nil
		}
		db, err := sqlite.Open(ctx, s.Database(), sqlite.Config{})
		if err != nil {
			return nil, nil, fmt.Errorf("open the store: %w", err)
		}
		return sqliteDatabase{db}, []func(){func() { _ = db.Close() }}, nil
	})
}

func (p *Parts) storeKey() string {
	s := p.Settings
	if s.Store == config.StoreMilvus {
		return keyOf(s.Store, s.MilvusAddress, string(s.MilvusToken), s.Ef)
	}
	return keyOf(s.Store, s.Database())
}

// Store is the collections of the settings' tenant.
func (p *Parts) Store(ctx context.Context) (Store, error) { return p.StoreOf(ctx, p.Settings.Tenant) }

// StoreOf is the collections of a tenant.
func (p *Parts) StoreOf(ctx context.Context, tenant string) (Store, error) {
	db, err := p.database(ctx)
	if err != nil {
		return nil, err
	}
	store, err := db.tenant(tenant)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return store, nil
}

// CloseStore closes the store of the settings before the other parts, so that
// its folder can be removed.
func (p *Parts) CloseStore() { p.shared.stores.drop(p.storeKey()) }

// Milvus is the server of the settings, whose store is Milvus.
func (p *Parts) Milvus(ctx context.Context) (*milvus.DB, error) {
	db, err := p.database(ctx)
	if err != nil {
		return nil, err
	}
	server, ok := db.(milvusDatabase)
	if !ok {
		return nil, errors.New("the store is not Milvus")
	}
	return server.Tenant(p.Settings.Tenant)
}

// Collection is the collection of the settings, which must be there.
func (p *Parts) Collection(ctx context.Context) (Collection, error) {
	store, err := p.Store(ctx)
	if err != nil {
		return nil, err
	}
	c, err := store.Collection(ctx, p.Settings.Collection)
	if err != nil {
		return nil, fmt.Errorf("%w; `selfrag ingest PATH --collection %s` makes one", err, p.Settings.Collection)
	}
	return c, nil
}
