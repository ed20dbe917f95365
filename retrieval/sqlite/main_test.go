package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"selfrag/retrieval"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func testSpec(dimensions int) retrieval.EmbedderSpec {
	return retrieval.EmbedderSpec{Model: "test/hash", Dimensions: dimensions, Metric: "cosine"}
}

func openAt(tb testing.TB, path string) *DB {
	tb.Helper()
	db, err := Open(tb.Context(), path, Config{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// newCollection returns an empty collection in a new file.
func newCollection(tb testing.TB, dimensions int) *Collection {
	tb.Helper()
	return createIn(tb, openAt(tb, filepath.Join(tb.TempDir(), "selfrag.db")), dimensions)
}

func createIn(tb testing.TB, db *DB, dimensions int) *Collection {
	tb.Helper()
	c, err := db.Create(tb.Context(), "test", testSpec(dimensions))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// document returns a document with the given texts as its passages.
func document(source string, texts ...string) (retrieval.Document, []retrieval.Passage) {
	doc := retrieval.Document{Source: source, Title: "About " + source}
	var passages []retrieval.Passage
	n := 0
	for i, text := range texts {
		if i > 0 {
			doc.Text += "\n"
			n++
		}
		doc.Text += text
		end := n + len([]rune(text))
		passages = append(passages, retrieval.Passage{
			ID: fmt.Sprintf("%s-%d", source, i), Title: doc.Title, Text: text, Start: n, End: end,
		})
		n = end
	}
	sum := sha256.Sum256([]byte(doc.Text))
	doc.ID = hex.EncodeToString(sum[:])
	return doc, passages
}

// vectorOf returns a random direction that depends on the text only.
func vectorOf(text string, dimensions int) []float32 {
	h := fnv.New64a()
	h.Write([]byte(text))
	r := rand.New(rand.NewPCG(h.Sum64(), 0))
	v := make([]float32, dimensions)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

func vectorsOf(passages []retrieval.Passage, dimensions int) [][]float32 {
	vectors := make([][]float32, len(passages))
	for i, p := range passages {
		vectors[i] = vectorOf(p.Text, dimensions)
	}
	return vectors
}

func put(tb testing.TB, c *Collection, source string, texts ...string) {
	tb.Helper()
	if err := tryPut(tb.Context(), c, source, texts...); err != nil {
		tb.Fatal(err)
	}
}

func tryPut(ctx context.Context, c *Collection, source string, texts ...string) error {
	doc, passages := document(source, texts...)
	return c.Put(ctx, doc, passages, vectorsOf(passages, c.spec.Dimensions))
}

func dense(tb testing.TB, c *Collection, text string, k int) []retrieval.Passage {
	tb.Helper()
	got, err := c.Dense(tb.Context(), retrieval.Request{Vector: vectorOf(text, c.spec.Dimensions), K: k})
	if err != nil {
		tb.Fatal(err)
	}
	return got
}

func lexical(tb testing.TB, c *Collection, query string, k int) []retrieval.Passage {
	tb.Helper()
	got, err := c.Lexical(tb.Context(), retrieval.Request{Text: query, K: k})
	if err != nil {
		tb.Fatal(err)
	}
	return got
}

func idsOf(passages []retrieval.Passage) []string {
	ids := make([]string, len(passages))
	for i, p := range passages {
		ids[i] = p.ID
	}
	return ids
}
