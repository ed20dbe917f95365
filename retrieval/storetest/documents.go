package storetest

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
)

func testDocuments(t *testing.T, s Store) {
	c, _ := fresh(t, s.Open(t))
	ctx := t.Context()
	doc, passages := document("a.md", map[string]any{"page": 2.0, "lang": "ko", "draft": true}, "첫째 문단", "second paragraph", "third")
	other, others := document("b.md", nil, "another file")
	put(t, c, doc, passages)
	put(t, c, other, others)
	got, found, err := c.Document(ctx, "a.md")
	if err != nil || !found || got.ID != doc.ID || got.Title != doc.Title || !reflect.DeepEqual(got.Metadata, doc.Metadata) {
		t.Errorf("got %+v, %v, %v", got, found, err)
	}
	if text, err := c.Text(ctx, doc.ID, "a.md"); err != nil || text != doc.Text {
		t.Errorf("got text %q, %v", text, err)
	}
	for _, p := range dense(t, c, retrieval.Request{Text: "x", K: 10}) {
		text, err := c.Text(ctx, p.Document, p.Source)
		if err != nil {
			t.Fatal(err)
		}
		if span := string([]rune(text)[p.Start:p.End]); span != p.Text {
			t.Errorf("passage %s is %q, at its offsets is %q", p.ID, p.Text, span)
		}
	}
	// A new version replaces the old one with all its passages.
	put(t, c, doc, passages) // putting the same again changes nothing
	doc2, passages2 := document("a.md", nil, "changed", "첫째 문단")
	put(t, c, doc2, passages2)
	if got := ids(dense(t, c, retrieval.Request{Text: "x", K: 10})); !slices.Equal(got, []string{"a.md-0", "a.md-1", "b.md-0"}) {
		t.Errorf("after the change there are %v", got)
	}
	if _, err := c.Text(ctx, doc.ID, "a.md"); !errors.Is(err, retrieval.ErrUnknownDocument) {
		t.Errorf("the old text: %v", err)
	}
	if hash, found, err := c.Hash(ctx, "a.md"); err != nil || !found || hash != doc2.ID {
		t.Errorf("got %v, %v, %v", hash, found, err)
	}
	want := []retrieval.DocumentInfo{
		{Source: "a.md", ID: doc2.ID, Title: doc2.Title, Passages: 2}, {Source: "b.md", ID: other.ID, Title: other.Title, Passages: 1},
	}
	if docs, err := c.Documents(ctx); err != nil || !reflect.DeepEqual(docs, want) {
		t.Errorf("got %+v, %v", docs, err)
	}
	if info, err := c.Info(ctx); err != nil || info.Documents != 2 || info.Passages != 3 || info.Created == "" {
		t.Errorf("got %+v, %v", info, err)
	}
	if err := c.Remove(ctx, "a.md"); err != nil {
		t.Fatal(err)
	}
	if err := c.Remove(ctx, "a.md"); !errors.Is(err, retrieval.ErrUnknownDocument) {
		t.Errorf("removed twice: %v", err)
	}
	if _, found, err := c.Document(ctx, "a.md"); err != nil || found {
		t.Errorf("after it was removed: %v, %v", found, err)
	}
	if got := ids(dense(t, c, retrieval.Request{Text: "x", K: 10})); !slices.Equal(got, []string{"b.md-0"}) {
		t.Errorf("after it was removed there are %v", got)
	}
}

// testRemovals searches right after a passage, a document or everything was
// removed: the search must see the removal at once.
func testRemovals(t *testing.T, s Store) {
	c, _ := fresh(t, s.Open(t))
	for round := range 4 {
		doc, passages := document("a.md", nil, "first", "둘째", "third")
		put(t, c, doc, passages)
		doc, passages = document("a.md", nil, "changed", "바뀜")
		put(t, c, doc, passages)
		if got := ids(dense(t, c, retrieval.Request{Text: "x", K: 10})); !slices.Equal(got, []string{"a.md-0", "a.md-1"}) {
			t.Errorf("round %d: after a passage went there are %v", round, got)
		}
		if err := c.Remove(t.Context(), "a.md"); err != nil {
			t.Fatal(err)
		}
		if got := ids(dense(t, c, retrieval.Request{Text: "x", K: 10})); len(got) != 0 {
			t.Errorf("round %d: after the document went there are %v", round, got)
		}
	}
}

func testRefusals(t *testing.T, s Store) {
	ctx := t.Context()
	db := s.Open(t)
	c, name := fresh(t, db)
	doc, passages := document("a.md", nil, "text")
	put(t, c, doc, passages)

	var mismatch *retrieval.EmbedderMismatchError
	if _, err := db.Create(ctx, name, retrieval.EmbedderSpec{Model: "another", Dimensions: 8}); !errors.As(err, &mismatch) {
		t.Errorf("another embedder: %v", err)
	}
	if again, err := db.Create(ctx, name, spec()); err != nil || !again.Spec().Same(spec()) {
		t.Errorf("created again: %v", err)
	}
	if _, err := db.Collection(ctx, "없는-것"); !errors.Is(err, retrieval.ErrUnknownCollection) || !strings.Contains(err.Error(), name) {
		t.Errorf("unknown collection: %v", err)
	}
	if err := db.Delete(ctx, "없는-것"); !errors.Is(err, retrieval.ErrUnknownCollection) {
		t.Errorf("delete an unknown collection: %v", err)
	}
	for _, bad := range []string{"", "a/b", "a b", `a"b`, strings.Repeat("가", 65)} {
		if _, err := db.Create(ctx, bad, spec()); err == nil {
			t.Errorf("the name %q was taken", bad)
		}
	}
	if _, err := c.Dense(ctx, retrieval.Request{Vector: []float32{1, 2}, K: 1}); err == nil {
		t.Error("a query of another dimension was taken")
	}
	if _, err := c.Dense(ctx, retrieval.Request{Vector: vectorOf("x"), K: 1, Filter: retrieval.Comparison{Field: "a", Op: "~", Value: 1.0}}); err == nil {
		t.Error("an impossible filter was taken")
	}
	other, others := document("b.md", nil, "text")
	taken := slices.Clone(others)
	taken[0].ID = passages[0].ID
	moved := slices.Clone(others)
	moved[0].Start = 1
	nan := vectorOf("x")
	nan[3] = float32(math.NaN())
	for what, try := range map[string]func() error{
		"a vector of another dimension": func() error { return c.Put(ctx, other, others, [][]float32{{1, 2}}) },
		"a vector of zeros":             func() error { return c.Put(ctx, other, others, [][]float32{make([]float32, dimensions)}) },
		"a vector with NaN":             func() error { return c.Put(ctx, other, others, [][]float32{nan}) },
		"too few vectors":               func() error { return c.Put(ctx, other, others, nil) },
		"no passages":                   func() error { return c.Put(ctx, other, nil, nil) },
		"another document's passage":    func() error { return c.Put(ctx, other, taken, vectorsOf(taken)) },
		"wrong offsets":                 func() error { return c.Put(ctx, other, moved, vectorsOf(moved)) },
	} {
		if err := try(); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	if docs, err := c.Documents(ctx); err != nil || len(docs) != 1 {
		t.Errorf("after the refusals there are %v, %v", docs, err)
	}
}

func testEmpty(t *testing.T, s Store) {
	ctx := t.Context()
	c, _ := fresh(t, s.Open(t))
	check := func(want, k int) {
		t.Helper()
		if found := dense(t, c, retrieval.Request{Text: "x", K: k}); len(found) != want {
			t.Errorf("K %d: dense search found %d of %d", k, len(found), want)
		}
		if s.NoLexical {
			return
		}
		if found, err := c.Lexical(ctx, retrieval.Request{Text: "하나뿐", K: k}); err != nil || len(found) != want {
			t.Errorf("K %d: lexical search found %d of %d, %v", k, len(found), want, err)
		}
	}
	check(0, 5)
	if docs, err := c.Documents(ctx); err != nil || len(docs) != 0 {
		t.Errorf("got %v, %v", docs, err)
	}
	if text, err := c.Text(ctx, "", "a.md"); !errors.Is(err, retrieval.ErrUnknownDocument) {
		t.Errorf("got %q, %v", text, err)
	}
	doc, passages := document("a.md", nil, "하나뿐")
	put(t, c, doc, passages)
	check(1, 1)
	check(1, 1000)
	check(0, 0)
	check(0, -1)
}

// A text longer than any field of a server is returned complete.
func testLongText(t *testing.T, s Store) {
	c, _ := fresh(t, s.Open(t))
	doc, passages := document("long.txt", nil, strings.Repeat("가나다라마바사 ", 2500), strings.Repeat("漢字😀", 1500), strings.Repeat("x", 60_000))
	put(t, c, doc, passages)
	if text, err := c.Text(t.Context(), doc.ID, doc.Source); err != nil || text != doc.Text {
		t.Errorf("got %d bytes of %d, %v", len(text), len(doc.Text), err)
	}
	for _, p := range dense(t, c, retrieval.Request{Text: "x", K: 5}) {
		if !slices.ContainsFunc(passages, func(want retrieval.Passage) bool { return want.ID == p.ID && want.Text == p.Text }) {
			t.Errorf("passage %s came back changed", p.ID)
		}
	}
}
