package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"selfrag/retrieval"
)

// another returns the spec of the embedder that collections are changed over
// to.
func another() retrieval.EmbedderSpec {
	return retrieval.EmbedderSpec{Model: "test/another", Dimensions: 8, Metric: "cosine", Pooling: "mean", Languages: []string{"ko"}}
}

// anotherVectors returns the vectors of that embedder.
func anotherVectors(texts ...string) [][]float32 {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = vectorOf("another " + text)[:8]
	}
	return vectors
}

func addNext(t *testing.T, r Reembedding) (added, left int) {
	t.Helper()
	passages, left, err := r.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(passages) == 0 {
		return 0, left
	}
	var texts []string
	for _, p := range passages {
		texts = append(texts, p.Searchable())
	}
	if err := r.Add(t.Context(), anotherVectors(texts...)); err != nil {
		t.Fatal(err)
	}
	return len(passages), left - len(passages)
}

func finish(t *testing.T, r Reembedding) {
	t.Helper()
	for {
		if n, _ := addNext(t, r); n > 0 {
			continue
		}
		if done, err := r.Finish(t.Context()); err != nil {
			t.Fatal(err)
		} else if done {
			return
		}
	}
}

func reembed(t *testing.T, db DB, name string, spec retrieval.EmbedderSpec) Reembedding {
	t.Helper()
	r, err := db.Reembed(t.Context(), name, spec)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// byVector returns the ids that a search with one of the new vectors finds,
// best first.
func byVector(t *testing.T, c Collection, text string) []string {
	t.Helper()
	found, err := c.Dense(t.Context(), retrieval.Request{Vector: anotherVectors(text)[0], K: 1000})
	if err != nil {
		t.Fatal(err)
	}
	list := make([]string, len(found))
	for i, p := range found {
		list[i] = p.ID
	}
	return list
}

// testReembed changes a collection over to another embedder in two runs, with
// concurrent readers and writers. Then it compares the collection with one that
// was made with that embedder.
func testReembed(t *testing.T, s Store) {
	ctx := t.Context()
	db := s.Open(t)
	c, name := fresh(t, db)
	made := map[string]string{} // searchable texts by id
	keep := func(doc retrieval.Document, passages []retrieval.Passage) {
		put(t, c, doc, passages)
		for _, p := range passages {
			made[p.ID] = p.Searchable()
		}
	}
	var texts []string
	for i := range 150 {
		texts = append(texts, fmt.Sprintf("문단 %d of a long document", i))
	}
	keep(document("long.md", map[string]any{"lang": "ko"}, texts...))
	keep(document("short.md", nil, "하나뿐"))
	keep(document("gone.md", nil, "this one goes", "with this"))

	first := reembed(t, db, name, another())
	if passages, left, err := first.Next(ctx); err != nil || left != 153 || len(passages) == 0 {
		t.Fatalf("at first: %d passages, %d left, %v", len(passages), left, err)
	}
	if err := first.Add(ctx, anotherVectors("one alone")); err == nil {
		t.Error("too few vectors were taken")
	}
	added, left := addNext(t, first)
	if added == 0 || left != 153-added {
		t.Errorf("%d were added, %d are left", added, left)
	}

	// Until the change is finished everything is as before, except that a write
	// may have to wait.
	if got := dense(t, c, retrieval.Request{Text: "하나뿐", K: 1}); len(got) != 1 || got[0].ID != "short.md-0" {
		t.Errorf("meanwhile the old vectors find %v", ids(got))
	}
	if again, err := s.Open(t).Collection(ctx, name); err != nil || !again.Spec().Same(spec()) {
		t.Errorf("meanwhile it is opened with %v", err)
	}
	doc, passages := document("new.md", nil, "came meanwhile", "그 사이에 왔다")
	switch err := c.Put(ctx, doc, passages, vectorsOf(passages)); {
	case errors.Is(err, retrieval.ErrReembedding):
		if err := c.Remove(ctx, "gone.md"); !errors.Is(err, retrieval.ErrReembedding) {
			t.Errorf("remove meanwhile: %v", err)
		}
	case err != nil:
		t.Fatal(err)
	default:
		for _, p := range passages {
			made[p.ID] = p.Searchable()
		}
		if err := c.Remove(ctx, "gone.md"); err != nil {
			t.Fatal(err)
		}
		delete(made, "gone.md-0")
		delete(made, "gone.md-1")
	}
	before, err := c.Documents(ctx)
	if err != nil {
		t.Fatal(err)
	}

	// Another process continues the change.
	second := reembed(t, s.Open(t), name, another())
	if _, left, err := second.Next(ctx); err != nil || left != len(made)-added {
		t.Errorf("the second run has %d left of %d, the first added %d, %v", left, len(made), added, err)
	}
	finish(t, second)

	var mismatch *retrieval.EmbedderMismatchError
	if _, err := c.Dense(ctx, retrieval.Request{Vector: vectorOf("x"), K: 5}); !errors.As(err, &mismatch) {
		t.Errorf("a search by who had it open: %v", err)
	}
	if err := c.Put(ctx, doc, passages, vectorsOf(passages)); !errors.As(err, &mismatch) {
		t.Errorf("a write by who had it open: %v", err)
	}
	if _, err := db.Create(ctx, name, spec()); !errors.As(err, &mismatch) {
		t.Errorf("the old embedder: %v", err)
	}
	for _, open := range []DB{db, s.Open(t)} {
		now, err := open.Create(ctx, name, another())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(now.Spec(), another()) {
			t.Errorf("its embedder is now %+v", now.Spec())
		}
		if got, err := now.Documents(ctx); err != nil || !reflect.DeepEqual(got, before) {
			t.Errorf("the documents are now %v, %v", got, err)
		}
		holdToVectors(t, s, now, made)
	}

	// Changing to the present embedder leaves nothing to do.
	finish(t, reembed(t, db, name, another()))
	now, err := db.Collection(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := now.Put(ctx, doc, passages, anotherVectors("a", "b")); err != nil {
		t.Errorf("put afterwards: %v", err)
	}
	if err := now.Remove(ctx, "long.md"); err != nil {
		t.Errorf("remove afterwards: %v", err)
	}
	if got := byVector(t, now, "a"); slices.Contains(got, "long.md-0") || got[0] != "new.md-0" {
		t.Errorf("afterwards there are %v", got)
	}
}

// holdToVectors checks that each passage is found by its new vector and that
// all passages are in the order of their cosines.
func holdToVectors(t *testing.T, s Store, c Collection, made map[string]string) {
	t.Helper()
	for _, query := range []string{made["short.md-0"], made["long.md-0"], made["long.md-149"], "anything"} {
		got := byVector(t, c, query)
		if len(got) != len(made) {
			t.Errorf("%q finds %d of %d passages", query, len(got), len(made))
		}
		last := math.Inf(1)
		for _, id := range got {
			a, b := anotherVectors(query, made[id])[0], anotherVectors(query, made[id])[1]
			var dot, aa, bb float64
			for i := range a {
				dot, aa, bb = dot+float64(a[i]*b[i]), aa+float64(a[i]*a[i]), bb+float64(b[i]*b[i])
			}
			if cosine := dot / math.Sqrt(aa*bb); cosine > last+1e-5 {
				t.Errorf("%q: %s comes too late", query, id)
			} else {
				last = cosine
			}
		}
	}
	if s.NoLexical {
		return
	}
	if found, err := c.Lexical(t.Context(), retrieval.Request{Text: "하나뿐", K: 5}); err != nil || len(found) != 1 || found[0].ID != "short.md-0" {
		t.Errorf("lexical search finds %v, %v", ids(found), err)
	}
}

// testReembedEnds ends changes in other ways than by finishing them.
func testReembedEnds(t *testing.T, s Store) {
	ctx := t.Context()
	db := s.Open(t)
	c, name := fresh(t, db)
	doc, passages := document("a.md", nil, "하나", "둘")
	put(t, c, doc, passages)

	if _, err := db.Reembed(ctx, "없는-것", another()); !errors.Is(err, retrieval.ErrUnknownCollection) {
		t.Errorf("an unknown collection: %v", err)
	}
	for what, bad := range map[string]retrieval.EmbedderSpec{
		"no vectors": {Model: "none"}, "no name": {Dimensions: 8}, "another metric": {Model: "m", Dimensions: 8, Metric: "l2"},
	} {
		if _, err := db.Reembed(ctx, name, bad); err == nil {
			t.Errorf("an embedder with %s was taken", what)
		}
	}

	// Invalid vectors are refused, and the change stays as it was.
	r := reembed(t, db, name, another())
	if _, _, err := r.Next(ctx); err != nil {
		t.Fatal(err)
	}
	for what, bad := range map[string][][]float32{
		"too few": anotherVectors("a"), "of another dimension": {vectorOf("a"), vectorOf("b")}, "all zeros": {make([]float32, 8), make([]float32, 8)},
	} {
		if err := r.Add(ctx, bad); err == nil {
			t.Errorf("vectors %s were taken", what)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, _, err := r.Next(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	addNext(t, r)

	// A third embedder has different vectors, so none of the second embedder's
	// are used.
	third := another()
	third.Model = "test/third"
	if _, left, err := reembed(t, db, name, third).Next(ctx); err != nil || left != 2 {
		t.Errorf("a third embedder has %d left, %v", left, err)
	}
	if _, _, err := r.Next(ctx); err == nil {
		t.Error("the change to the second embedder went on")
	}
	// Changing to the present embedder gives the change up.
	finish(t, reembed(t, db, name, spec()))
	if got := dense(t, c, retrieval.Request{Text: "x", K: 5}); len(got) != 2 {
		t.Errorf("after it was given up there are %v", ids(got))
	}
	if err := c.Put(ctx, doc, passages, vectorsOf(passages)); err != nil {
		t.Errorf("put after it was given up: %v", err)
	}

	// The collection changes to the same model with another pooling, to another
	// model, and back.
	used := spec()
	used.Pooling, used.QueryPrompt = "cls", "query: "
	for _, to := range []retrieval.EmbedderSpec{used, another(), spec()} {
		r := reembed(t, db, name, to)
		for {
			passages, _, err := r.Next(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if len(passages) == 0 {
				break
			}
			vectors := vectorsOf(passages)
			for i := range vectors {
				vectors[i] = vectors[i][:to.Dimensions]
			}
			if err := r.Add(ctx, vectors); err != nil {
				t.Fatal(err)
			}
		}
		if done, err := r.Finish(ctx); err != nil || !done {
			t.Fatalf("to %s: %v, %v", to.Model, done, err)
		}
		now, err := db.Collection(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(now.Spec(), to) {
			t.Errorf("its embedder is %+v, not %+v", now.Spec(), to)
		}
		found, err := now.Dense(ctx, retrieval.Request{Vector: vectorOf("둘")[:to.Dimensions], K: 1})
		if err != nil || len(found) != 1 || found[0].ID != "a.md-1" {
			t.Errorf("to %s: found %v, %v", to.Model, ids(found), err)
		}
	}

	// A deleted collection has no change in progress, and its name can be used
	// again.
	gone, err := db.Create(ctx, name+"-2", spec())
	if err != nil {
		t.Fatal(err)
	}
	put(t, gone, doc, passages)
	r = reembed(t, db, name+"-2", another())
	if err := db.Delete(ctx, name+"-2"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Next(ctx); err == nil {
		t.Error("the change of a deleted collection went on")
	}
	if done, err := r.Finish(ctx); err == nil || done {
		t.Errorf("the change of a deleted collection was finished: %v", err)
	}
	if _, err := db.Collection(ctx, name+"-2"); !errors.Is(err, retrieval.ErrUnknownCollection) {
		t.Errorf("the deleted collection: %v", err)
	}
}
