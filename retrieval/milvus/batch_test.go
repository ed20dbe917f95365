package milvus

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"selfrag/retrieval"
)

// batched compares DenseBatch with a Dense for each vector.
func batched(t *testing.T, db *DB) {
	t.Helper()
	ctx := t.Context()
	const dimensions, documents = 8, 40
	c, err := db.Create(ctx, "여럿", retrieval.EmbedderSpec{Model: "test/batch", Dimensions: dimensions})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(51, 52))
	vector := func() []float32 {
		v := make([]float32, dimensions)
		for i := range v {
			v[i] = float32(r.NormFloat64())
		}
		return v
	}
	for i := range documents {
		name := fmt.Sprint(i)
		meta := map[string]any{"lang": []string{"ko", "en"}[i%2]}
		doc := retrieval.Document{ID: name, Source: name, Text: "등대 " + name, Metadata: meta}
		if err := c.Put(ctx, doc, []retrieval.Passage{{ID: name, Text: doc.Text, End: len([]rune(doc.Text)), Metadata: meta}}, [][]float32{vector()}); err != nil {
			t.Fatal(err)
		}
	}
	vectors := [][]float32{vector(), vector(), vector(), vector(), vector()}
	korean := retrieval.Not{Filter: retrieval.Comparison{Field: "lang", Op: retrieval.Equal, Value: "en"}}
	never := retrieval.Comparison{Field: "lang", Op: retrieval.Equal, Value: "nul\x00"} // the server gets no condition
	for _, tt := range []retrieval.Request{{K: 7}, {K: documents}, {K: 3 * documents}, {K: maxK}, {K: 5, Filter: korean}, {K: 30, Filter: korean}, {K: 3, Filter: never}, {}} {
		got, err := c.DenseBatch(ctx, vectors, tt)
		if err != nil || len(got) != len(vectors) {
			t.Fatalf("%+v: %d results, %v", tt, len(got), err)
		}
		for i, v := range vectors {
			one := tt
			one.Vector = v
			want, err := c.Dense(ctx, one)
			if err != nil {
				t.Fatal(err)
			}
			if !alike(got[i], want) {
				t.Errorf("%+v, vector %d: found %d passages, want %d: %.400v and %.400v", tt, i, len(got[i]), len(want), got[i], want)
			}
		}
	}
	for name, bad := range map[string][][]float32{"one that is too short": {vector(), {1}}, "one of no length": {make([]float32, dimensions)}} {
		if _, err := c.DenseBatch(ctx, bad, retrieval.Request{K: 1}); err == nil {
			t.Errorf("%s was searched for", name)
		}
	}
	if none, err := c.DenseBatch(ctx, nil, retrieval.Request{K: 1}); err != nil || len(none) > 0 {
		t.Errorf("no vectors: %v, %v", none, err)
	}
	if err := db.Delete(ctx, "여럿"); err != nil {
		t.Error(err)
	}
}

// alike compares passages. A server sums up scores in another order if it has
// several vectors at once.
func alike(a, b []retrieval.Passage) bool {
	return slices.EqualFunc(a, b, func(a, b retrieval.Passage) bool {
		if math.Abs(a.Score-b.Score) > 1e-5 || a.Dense == nil || *a.Dense != a.Score || *b.Dense != b.Score {
			return false
		}
		a.Score, a.Dense, b.Score, b.Dense = 0, nil, 0, nil
		return reflect.DeepEqual(a, b)
	})
}

func TestDenseBatch(t *testing.T) {
	server, address := serveProtocol(t, newest)
	db := openProtocol(t, address)
	batched(t, db)
	c, err := db.Create(t.Context(), "한번", retrieval.EmbedderSpec{Model: "test/batch", Dimensions: 3})
	if err != nil {
		t.Fatal(err)
	}
	passages, vectors := []retrieval.Passage{{ID: "a", Text: "가", End: 1}, {ID: "b", Text: "나", Start: 1, End: 2}}, [][]float32{{1, 0, 0}, {0, 1, 0}}
	if err := c.Put(t.Context(), retrieval.Document{ID: "d", Source: "d", Text: "가나"}, passages, vectors); err != nil {
		t.Fatal(err)
	}
	before := server.searches()
	if _, err := c.DenseBatch(t.Context(), vectors, retrieval.Request{K: 2}); err != nil {
		t.Fatal(err)
	}
	if n := server.searches() - before; n != 1 {
		t.Errorf("the batch took %d calls", n)
	}
	lexical, err := db.Create(t.Context(), "글만", retrieval.EmbedderSpec{Model: "none"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lexical.DenseBatch(t.Context(), nil, retrieval.Request{K: 2}); err == nil {
		t.Error("a collection without vectors was searched for them")
	}
}
