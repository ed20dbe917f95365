package serve

import (
	"errors"
	"slices"
)

// Grant says what a caller may do. It covers one tenant and some or all of its
// collections, for reading only or for writing too. The zero value grants
// nothing.
type Grant struct {
	tenant      Tenant
	collections []string // nil: all
	write       bool
}

// Allow returns a grant to read in a tenant, and to write if write is set. It
// covers the named collections, or all of them if collections is empty.
func Allow(tenant string, collections []string, write bool) Grant {
	return Grant{Tenant{tenant, true}, slices.Clone(collections), write}
}

// Tenant is the tenant of a Grant. Only Allow makes one that names a tenant.
type Tenant struct {
	name    string
	granted bool
}

// Name returns the tenant's name as stores know it. The zero Tenant has no
// name.
func (t Tenant) Name() (string, error) {
	if !t.granted {
		return "", errors.New("no tenant was granted")
	}
	return t.name, nil
}

// reads reports whether the grant covers a collection.
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
		return errorf(Forbidden, "this key may read only")
	}
	return nil
}
