package sqlite

import (
	"path/filepath"
	"testing"

	"selfrag/retrieval/storetest"
)

func TestConformance(t *testing.T) {
	path := filepath.Join(t.TempDir(), "selfrag.db")
	storetest.Run(t, storetest.Store{
		Open: func(t testing.TB) storetest.DB { return storetest.Adapt(openAt(t, path)) },
		Tenant: func(t testing.TB, tenant string) storetest.DB {
			t.Helper()
			db, ok := any(openAt(t, path)).(interface {
				Tenant(name string) (*DB, error)
			})
			if !ok {
				t.Fatal("SQLite has no tenants")
			}
			view, err := db.Tenant(tenant)
			if err != nil {
				t.Fatal(err)
			}
			return storetest.Adapt(view)
		},
	})
}
