package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
)

const dimensions = 16

func spec() retrieval.EmbedderSpec {
	return retrieval.EmbedderSpec{Model: "test/hash", Dimensions: dimensions, Metric: "cosine"}
}

// Run tests a store. It uses collections with unique names and removes all of
// them.
func Run(t *testing.T, s Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Store)
	}{
		{"Documents", testDocuments},
		{"Removals", testRemovals},
		{"Rename", testRename},
		{"RenameCollection", testRenameCollection},
		{"Refusals", testRefusals},
		{"Empty", testEmpty},
		{"LongText", testLongText},
		{"Parts", testParts},
		{"Search", testSearch},
		{"Hybrid", testHybrid},
		{"Filter", testFilter},
		{"Hostile", testHostile},
		{"Tenants", testTenants},
		{"Concurrent", testConcurrent},
		{"Restart", testRestart},
		{"Cancel", testCancel},
		{"Reembed", testReembed},
		{"ReembedEnds", testReembedEnds},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, s) })
	}
}

// fresh creates an empty collection with a Korean name and deletes it at the
// end of the test.
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

// document returns a document with the given texts as its passages.
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

// vectorOf returns a random direction that depends on the text only.
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
