package serve

import (
	"errors"
	"slices"
)

// Grant is what a caller may do: in one tenant, in some or all of its
// collections, to read or to write too. The zero value grants nothing.
type Grant struct {
	tenant      Tenant
	collections []string // nil: all
	write       bool
}

// Allow grants reading in a tenant, and writing if write is set; in the
// collections named, or in all of them where none is.
func Allow(tenant string, collections []string, write bool) Grant {
	return Grant{Tenant{tenant, true}, slices.Clone(collections), write}
}

// Tenant is a tenant that a Grant was made for. There is no other way to one.
type Tenant struct {
	name    string
	granted bool
}

// Name is the tenant's name as stores know it. The zero Tenant has none.
func (t Tenant) Name() (string, error) {
	if !t.granted {
		return "", errors.New("no tenant was granted")
	}
	return t.name, nil
}

// reads tells whether the grant covers a collection.
func (g Grant) reads(collection string) bool {
	return g.tenant.granted && (len(g.collections) == 0 || slices.Contains(g.collections, collection))
}

func (g Grant) mayRead(collection string) error {
	if !g.reads(collection) {
		return errorf(Forbidden, "this key does not give access to collection %q", collection)
	}
	return nil
}

func (g Grant) mayWrite(collection string) error {
	if err := g.mayRead(collection); err != nil {
		return err
	}
	if !g.write {
		return errorf(Forbidden, "this key may only read")
	}
	return nil
}
