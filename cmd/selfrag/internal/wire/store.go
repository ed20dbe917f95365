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

// Store holds the collections of a tenant, with the operations that commands
// need.
type Store interface {
	serve.Library
	Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (ingest.Reembedding, error)
}

// Collection is a collection of a Store. Commands and the service use the same
// type.
type Collection = serve.Collection

// database is a store with the collections of all tenants.
type database interface {
	tenant(name string) (Store, error)
}

type (
	sqliteDatabase struct{ *sqlite.DB }
	milvusDatabase struct{ *milvus.DB }
)

func (d sqliteDatabase) tenant(name string) (Store, error) {
	view, err := d.Tenant(name)
	if err != nil {
		return nil, err
	}
	return storeOf[*sqlite.Reembedding]{serve.LibraryOf(view), view}, nil
}

func (d milvusDatabase) tenant(name string) (Store, error) {
	view, err := d.Tenant(name)
	if err != nil {
		return nil, err
	}
	return storeOf[*milvus.Reembedding]{serve.LibraryOf(view), view}, nil
}

// storeOf adapts a database to Store. R is the type that the Reembed method of
// the database returns.
type storeOf[R ingest.Reembedding] struct {
	serve.Library
	own interface {
		Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (R, error)
	}
}

func (s storeOf[R]) Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (ingest.Reembedding, error) {
	r, err := s.own.Reembed(ctx, name, spec)
	if err != nil { // a nil R would become an interface that is not nil
		return nil, err
	}
	return r, nil
}

// database returns the database of the settings, which is shared.
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

// Store returns the collections of the settings' tenant.
func (p *Parts) Store(ctx context.Context) (Store, error) { return p.StoreOf(ctx, p.Settings.Tenant) }

// StoreOf returns the collections of a tenant.
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

// Milvus returns the Milvus server of the settings, as the tenant of the
// settings sees it. It returns an error if the settings name another kind of
// store.
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

// Collection returns the collection of the settings, which must exist.
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
