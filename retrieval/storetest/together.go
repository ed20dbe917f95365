package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"selfrag/retrieval"
)

func testTenants(t *testing.T, s Store) {
	ctx := t.Context()
	if s.Tenant == nil {
		t.Fatal("the store has no tenants")
	}
	tag := strings.ToLower(rand.Text()[:8])
	hostile := tag + `" or tenant != "`
	one, two := s.Tenant(t, tag), s.Tenant(t, hostile)
	c1, name := fresh(t, one)
	c2, err := two.Create(ctx, name, spec())
	if err != nil {
		t.Fatal(err)
	}
	doc, passages := document("same.md", map[string]any{"of": "one"}, "tenant one 하나")
	put(t, c1, doc, passages)
	if found := dense(t, c2, retrieval.Request{Text: "x", K: 10}); len(found) > 0 {
		t.Errorf("tenant two sees %+v", found)
	}
	if found, err := c2.Passages(ctx, retrieval.Part{Source: doc.Source, K: 10}); !errors.Is(err, retrieval.ErrUnknownDocument) {
		t.Errorf("tenant two reads %+v, %v", found, err)
	}
	doc2, passages2 := document("same.md", map[string]any{"of": "two"}, "tenant two 둘")
	put(t, c2, doc2, passages2)
	for i, c := range []Collection{c1, c2} {
		want := []string{"one", "two"}[i]
		found := dense(t, c, retrieval.Request{Text: "x", K: 10})
		if len(found) != 1 || found[0].Metadata["of"] != want {
			t.Errorf("tenant %s sees %+v", want, found)
		}
		if !s.NoLexical {
			if found, err := c.Lexical(ctx, retrieval.Request{Text: "tenant", K: 10}); err != nil || len(found) != 1 || found[0].Metadata["of"] != want {
				t.Errorf("tenant %s sees %+v, %v", want, found, err)
			}
		}
		filter := retrieval.Or{retrieval.Comparison{Field: "of", Op: retrieval.NotEqual, Value: want}, retrieval.Comparison{Field: "id", Op: retrieval.NotEqual, Value: "same.md-0"}}
		if found := dense(t, c, retrieval.Request{Text: "x", K: 10, Filter: filter}); len(found) > 0 {
			t.Errorf("by a filter tenant %s sees %+v", want, found)
		}
		if found, err := c.Passages(ctx, retrieval.Part{Source: doc.Source, K: 10}); err != nil || len(found) != 1 || found[0].Metadata["of"] != want {
			t.Errorf("tenant %s reads %+v, %v", want, found, err)
		}
		if docs, err := c.Documents(ctx); err != nil || len(docs) != 1 {
			t.Errorf("tenant %s lists %+v, %v", want, docs, err)
		}
	}
	if infos, err := s.Tenant(t, tag+"-three").Collections(ctx); err != nil || len(infos) > 0 {
		t.Errorf("a tenant without collections sees %+v, %v", infos, err)
	}
	if _, err := s.Open(t).Collection(ctx, name); !errors.Is(err, retrieval.ErrUnknownCollection) {
		t.Errorf("without a tenant: %v", err)
	}
	// Deleting a tenant's collection leaves that of the other tenant.
	if err := two.Delete(ctx, name); err != nil {
		t.Fatal(err)
	}
	if found := dense(t, c1, retrieval.Request{Text: "x", K: 10}); len(found) != 1 {
		t.Errorf("after the other tenant's deletion there are %+v", found)
	}
}

func testConcurrent(t *testing.T, s Store) {
	ctx := t.Context()
	_, name := fresh(t, s.Open(t))
	const writers, each = 4, 6
	var wait sync.WaitGroup
	for w := range writers {
		db := s.Open(t) // opened again, as by another process
		wait.Add(1)
		go func() {
			defer wait.Done()
			c, err := db.Collection(ctx, name)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range each {
				// All writers put every third document.
				source := fmt.Sprintf("%d-%d.md", w, i)
				if i%3 == 0 {
					source = fmt.Sprintf("all-%d.md", i)
				}
				doc, passages := document(source, nil, source+" 하나", source+" 둘")
				if err := c.Put(ctx, doc, passages, vectorsOf(passages)); err != nil {
					t.Error(err)
				}
				if _, err := c.Dense(ctx, retrieval.Request{Vector: vectorOf(source), K: 3}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wait.Wait()
	const documents = writers*each - (writers-1)*each/3
	c, err := s.Open(t).Collection(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := c.Documents(ctx)
	if err != nil || len(docs) != documents {
		t.Errorf("there are %d documents of %d, %v", len(docs), documents, err)
	}
	found := ids(dense(t, c, retrieval.Request{Text: "x", K: 1000}))
	if len(found) != 2*documents || len(slices.Compact(slices.Clone(found))) != 2*documents {
		t.Errorf("there are %d passages of %d: %v", len(found), 2*documents, found)
	}
}

func testRestart(t *testing.T, s Store) {
	ctx := t.Context()
	first := s.Open(t)
	c, name := fresh(t, first)
	doc, passages := document("kept.md", map[string]any{"k": "v"}, "남는다", "stays")
	put(t, c, doc, passages)
	again, err := s.Open(t).Collection(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	if !again.Spec().Same(spec()) {
		t.Errorf("the embedder is now %+v", again.Spec())
	}
	if got, found, err := again.Document(ctx, "kept.md"); err != nil || !found || got.ID != doc.ID {
		t.Errorf("got %+v, %v, %v", got, found, err)
	}
	request := retrieval.Request{Text: "x", K: 5}
	if a, b := dense(t, c, request), dense(t, again, request); len(a) != 2 || !reflect.DeepEqual(a, b) {
		t.Errorf("before %+v\nafter  %+v", a, b)
	}
}

func testCancel(t *testing.T, s Store) {
	c, _ := fresh(t, s.Open(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Dense(ctx, retrieval.Request{Vector: vectorOf("x"), K: 5}); !errors.Is(err, context.Canceled) {
		t.Errorf("search: %v", err)
	}
	doc, passages := document("a.md", nil, "a")
	if err := c.Put(ctx, doc, passages, vectorsOf(passages)); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
}
