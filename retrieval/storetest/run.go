package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	mathrand "math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"selfrag/retrieval"
)

const dimensions = 16

func spec() retrieval.EmbedderSpec {
	return retrieval.EmbedderSpec{Model: "test/hash", Dimensions: dimensions, Metric: "cosine"}
}

// Run holds a store to what a store does. It uses collections of its own, whose
// names no one else has, and leaves none.
func Run(t *testing.T, s Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Store)
	}{
		{"Documents", testDocuments},
		{"Refusals", testRefusals},
		{"Empty", testEmpty},
		{"LongText", testLongText},
		{"Search", testSearch},
		{"Hybrid", testHybrid},
		{"Filter", testFilter},
		{"Hostile", testHostile},
		{"Tenants", testTenants},
		{"Concurrent", testConcurrent},
		{"Restart", testRestart},
		{"Cancel", testCancel},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, s) })
	}
}

// fresh returns an empty collection with a name in Korean, deleted at the end.
func fresh(t *testing.T, db DB) (Collection, string) {
	t.Helper()
	name := "시험-" + strings.ToLower(rand.Text()[:10])
	c, err := db.Create(t.Context(), name, spec())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Delete(context.WithoutCancel(t.Context()), name); err != nil {
			t.Error(err)
		}
	})
	return c, name
}

// document cuts a document of the texts, a passage each.
func document(source string, metadata map[string]any, texts ...string) (retrieval.Document, []retrieval.Passage) {
	doc := retrieval.Document{Source: source, Title: "제목 " + source, Metadata: metadata}
	var passages []retrieval.Passage
	at := 0
	for i, text := range texts {
		n := len([]rune(text))
		doc.Text += text + "\n"
		passages = append(passages, retrieval.Passage{
			ID: fmt.Sprintf("%s-%d", source, i), Source: source, Title: doc.Title, Text: text,
			Start: at, End: at + n, Metadata: metadata,
		})
		at += n + 1
	}
	sum := sha256.Sum256([]byte(doc.Text))
	doc.ID = hex.EncodeToString(sum[:])
	for i := range passages {
		passages[i].Document = doc.ID
	}
	return doc, passages
}

// vectorOf is a random direction for each text, always the same.
func vectorOf(text string) []float32 {
	h := fnv.New64a()
	h.Write([]byte(text))
	r := mathrand.New(mathrand.NewPCG(h.Sum64(), 1))
	v := make([]float32, dimensions)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

func vectorsOf(passages []retrieval.Passage) [][]float32 {
	vectors := make([][]float32, len(passages))
	for i, p := range passages {
		vectors[i] = vectorOf(p.Text)
	}
	return vectors
}

func put(t *testing.T, c Collection, doc retrieval.Document, passages []retrieval.Passage) {
	t.Helper()
	if err := c.Put(t.Context(), doc, passages, vectorsOf(passages)); err != nil {
		t.Fatal(err)
	}
}

func dense(t *testing.T, c Collection, r retrieval.Request) []retrieval.Passage {
	t.Helper()
	if r.Vector == nil {
		r.Vector = vectorOf(r.Text)
	}
	found, err := c.Dense(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func ids(passages []retrieval.Passage) []string {
	var list []string
	for _, p := range passages {
		list = append(list, p.ID)
	}
	slices.Sort(list)
	return list
}

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
	// A new version takes the place of the old, with all its passages.
	put(t, c, doc, passages) // the same once more changes nothing
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

// A text longer than any field of a server comes back whole.
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

// Dense search finds the nearest by cosine, in order, with all their fields.
func testSearch(t *testing.T, s Store) {
	c, _ := fresh(t, s.Open(t))
	var all []retrieval.Passage
	for i := range 20 {
		doc, passages := document(fmt.Sprintf("%d.md", i), map[string]any{"n": float64(i)}, fmt.Sprintf("문서 %d 하나", i), fmt.Sprintf("document %d two", i))
		put(t, c, doc, passages)
		all = append(all, passages...)
	}
	query := vectorOf("질문")
	slices.SortFunc(all, func(a, b retrieval.Passage) int {
		return int(math.Copysign(1, cosine(query, vectorOf(b.Text))-cosine(query, vectorOf(a.Text))))
	})
	found := dense(t, c, retrieval.Request{Vector: query, K: 7})
	if len(found) != 7 {
		t.Fatalf("found %d of 7", len(found))
	}
	for i, p := range found {
		want := all[i]
		exact := cosine(query, vectorOf(want.Text))
		if p.Dense == nil || math.Abs(*p.Dense-exact) > 1e-4 || p.Score != *p.Dense || p.Lexical != nil {
			t.Errorf("place %d scores %v, its cosine is %f", i, p.Dense, exact)
		}
		p.Score, p.Dense = 0, nil
		if !reflect.DeepEqual(p, want) {
			t.Errorf("place %d:\n got %+v\nwant %+v", i, p, want)
		}
	}
}

func cosine(a, b []float32) float64 {
	var dot, aa, bb float64
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return dot / math.Sqrt(aa*bb)
}

type embedder struct{}

func (embedder) EmbedQuery(_ context.Context, text string) ([]float32, error) {
	return vectorOf(text), nil
}

func testHybrid(t *testing.T, s Store) {
	ctx := t.Context()
	c, _ := fresh(t, s.Open(t))
	texts := []string{"등대지기는 밤마다 불을 켠다.", "The harbour master reads the tide table.", "조수 문은 만조에 열린다.", "Word2Vec이란 단어를 벡터로 바꾸는 방법이다."}
	doc, passages := document("harbour.md", nil, texts...)
	put(t, c, doc, passages)
	two, err := retrieval.New(c, embedder{}, nil, retrieval.Config{})
	if err != nil {
		t.Fatal(err)
	}
	// The vector of a text is that of itself alone: a question finds by its words.
	result, err := two.Search(ctx, texts[2])
	if err != nil || len(result.Passages) != len(texts) || result.Passages[0].Text != texts[2] {
		t.Fatalf("got %+v, %v", result, err)
	}
	if s.NoLexical {
		if !strings.Contains(result.Degraded, "vectors only") {
			t.Errorf("nothing is said of the missing lexical side: %q", result.Degraded)
		}
		if _, err := c.Lexical(ctx, retrieval.Request{Text: "조수", K: 3}); !errors.Is(err, retrieval.ErrNoLexical) {
			t.Errorf("lexical search: %v", err)
		}
		return
	}
	if result.Degraded != "" || result.Passages[0].Lexical == nil || result.Passages[0].Dense == nil {
		t.Errorf("got %+v", result)
	}
	for query, want := range map[string]int{"만조에 열리는 조수 문": 2, "ｗｏｒｄ２ｖｅｃ 에 대해서": 3, "TIDE table?": 1, `등대" OR *`: 0} {
		found, err := c.Lexical(ctx, retrieval.Request{Text: query, K: 3})
		if err != nil || len(found) == 0 || found[0].Text != texts[want] || found[0].Lexical == nil || *found[0].Lexical <= 0 {
			t.Errorf("%s: got %+v, %v", query, found, err)
		}
	}
	for _, query := range []string{"zebra", "", "?!", "얼룩"} {
		if found, err := c.Lexical(ctx, retrieval.Request{Text: query, K: 3}); err != nil || len(found) > 0 {
			t.Errorf("%q: got %+v, %v", query, found, err)
		}
	}
}

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
	// What one removes the other keeps.
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
		db := s.Open(t) // as another process would
		wait.Add(1)
		go func() {
			defer wait.Done()
			c, err := db.Collection(ctx, name)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range each {
				// Every third document is put by all of them.
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
