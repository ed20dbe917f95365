package serve

import (
	"errors"
	"slices"
)

// Grant says what a caller may do. It covers one tenant and some or all of the
// tenant's collections, for reading only or for reading and writing. The zero
// value grants nothing.
type Grant struct {
	tenant      Tenant
	collections []string // nil: all
	write       bool
	onlyAsk     bool
}

// Allow returns a grant to read in a tenant, and to write if write is set. The
// grant covers the named collections, or all collections if the list is empty.
func Allow(tenant string, collections []string, write bool) Grant {
	return Grant{tenant: Tenant{tenant, true}, collections: slices.Clone(collections), write: write}
}

// AllowAsking returns a grant to ask questions about the named collections of a
// tenant, or about all of them if the list is empty, and to do nothing else:
// not even to use a session, because others may have written in it, or to choose
// a strategy or numbers that make an answer dearer. It is for keys that anybody
// can read, such as the key of a public page.
func AllowAsking(tenant string, collections []string) Grant {
	g := Allow(tenant, collections, false)
	g.onlyAsk = true
	return g
}

// OnlyAsks reports whether the grant allows nothing but questions.
func (g Grant) OnlyAsks() bool { return g.onlyAsk }

// Tenant is the tenant of a Grant. Only the function Allow makes a Tenant with
// a name.
type Tenant struct {
	name    string
	granted bool
}

// Name returns the name of the tenant in the stores. For the zero Tenant it
// returns an error.
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

// mayAsk returns an error if the grant allows only questions and the options
// change how much work an answer takes.
func (g Grant) mayAsk(o AskOptions) error {
	if g.onlyAsk && (o.Strategy != "" || o.MaxIterations != 0 || o.K1 != 0 || o.K2 != 0) {
		return errorf(Forbidden, "this key may not name strategy, max_iterations, k1 or k2: leave them to the server")
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
