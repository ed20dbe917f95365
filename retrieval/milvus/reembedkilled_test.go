//go:build integration

package milvus

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/storetest"
)

func successorSpec() retrieval.EmbedderSpec {
	return retrieval.EmbedderSpec{Model: "test/successor", Dimensions: 8, Metric: "cosine"}
}

// successorEmbedder returns directions that differ from those of hashEmbedder.
type successorEmbedder struct{ hashEmbedder }

func (s successorEmbedder) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	other := make([]string, len(texts))
	for i, text := range texts {
		other[i] = "successor " + text
	}
	return s.hashEmbedder.EmbedDocuments(ctx, other)
}

// reembedInChild changes a collection over and prints a line before each batch.
func reembedInChild(tenant string) int {
	ctx := context.Background()
	err := func() error {
		db, err := Open(ctx, Config{Address: os.Getenv("MILVUS_TEST_ADDRESS"), Tenant: tenant, Prefix: testPrefix})
		if err != nil {
			return err
		}
		defer db.Close()
		r, err := db.Reembed(ctx, "killed", successorSpec())
		if err != nil {
			return err
		}
		_, err = ingest.Reembed(ctx, r, successorEmbedder{hashEmbedder{say: true}}, nil)
		return err
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// A process that is killed while it changes a collection over must lose
// nothing. Until the change is finished the collection is searched as before;
// afterwards every passage is there exactly once, with its new vector.
func TestReembedKilled(t *testing.T) {
	for _, name := range serverNames() {
		t.Run(name, func(t *testing.T) { reembedKilled(t, addressOf(t, name), 2) })
	}
}

func reembedKilled(t *testing.T, address string, kills int) {
	ctx := t.Context()
	tenant, folder := ourOwn(t), t.TempDir()
	r := rand.New(rand.NewPCG(41, 42))
	// Each child gets some batches of 64 passages.
	for i := range 3 * (kills + 1) {
		var text strings.Builder
		for j := range 64 {
			fmt.Fprintf(&text, "글 %d, 문단 %d: %s\n\n", i, j, strings.Repeat("물결과 등대 lighthouse. ", 5))
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.txt", i)), []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := openAt(t, address, tenant).Create(ctx, "killed", killedSpec())
	if err != nil {
		t.Fatal(err)
	}
	var all []retrieval.Passage
	in, err := ingest.New(recorder{c, &all}, hashEmbedder{}, ingest.Config{ChunkSize: 150, Overlap: ingest.NoOverlap})
	if err != nil {
		t.Fatal(err)
	}
	if report, err := in.Run(ctx, []string{folder}, nil); err != nil || len(report.Failed) > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	left := len(all)
	for range kills {
		if _, killed := storetest.KillChild(t, 1+r.IntN(3), "MILVUS_TEST_REEMBED="+tenant, "MILVUS_TEST_ADDRESS="+address); !killed {
			t.Fatal("the child was done before it could be killed: give it more to do")
		}
		db := openAt(t, address, tenant)
		again, err := db.Create(ctx, "killed", killedSpec())
		if err != nil {
			t.Fatal(err)
		}
		if n := nearestToItself(t, again, hashEmbedder{}, all); n < 20 {
			t.Errorf("meanwhile %d of 20 passages are found by their old vectors", n)
		}
		change, err := db.Reembed(ctx, "killed", successorSpec())
		if err != nil {
			t.Fatal(err)
		}
		_, now, err := change.Next(ctx)
		if err != nil || now > left {
			t.Errorf("after a kill %d passages are left, before it %d, %v", now, left, err)
		}
		left = now
	}
	db := openAt(t, address, tenant)
	change, err := db.Reembed(ctx, "killed", successorSpec())
	if err != nil {
		t.Fatal(err)
	}
	if done, err := ingest.Reembed(ctx, change, successorEmbedder{}, nil); err != nil || done != left {
		t.Errorf("the last run did %d passages of %d, %v", done, left, err)
	}
	now, err := db.Create(ctx, "killed", successorSpec())
	if err != nil {
		t.Fatal(err)
	}
	if n := nearestToItself(t, now, successorEmbedder{}, all); n < 20 {
		t.Errorf("%d of 20 passages are found by their new vectors", n)
	}
	if n, err := db.server.count(ctx, now.passages, db.scope.rows(), 0); err != nil || n != len(all) {
		t.Errorf("there are %d rows for %d passages, %v", n, len(all), err)
	}
	if n, err := db.server.count(ctx, c.passages, db.scope.rows(), 0); err != nil || n != 0 {
		t.Errorf("%d rows with old vectors are left, %v", n, err)
	}
	if err := db.Delete(ctx, "killed"); err != nil {
		t.Error(err)
	}
}

// recorder records what is put.
type recorder struct {
	*Collection
	all *[]retrieval.Passage
}

func (r recorder) Put(ctx context.Context, doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) error {
	*r.all = slices.Concat(*r.all, passages)
	return r.Collection.Put(ctx, doc, passages, vectors)
}

// nearestToItself returns how many of 20 passages come first in a search with
// their own vector.
func nearestToItself(t *testing.T, c *Collection, embedder ingest.Embedder, all []retrieval.Passage) (n int) {
	t.Helper()
	for i := range 20 {
		p := all[i*len(all)/20]
		vectors, err := embedder.EmbedDocuments(t.Context(), []string{p.Searchable()})
		if err != nil {
			t.Fatal(err)
		}
		found, err := c.Dense(t.Context(), retrieval.Request{Vector: vectors[0], K: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 1 && found[0].ID == p.ID {
			n++
		}
	}
	return n
}
