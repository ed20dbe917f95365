//go:build integration

package milvus

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/storetest"
)

// hashEmbedder returns a random direction for each text, always the same one.
type hashEmbedder struct{ say bool }

func (h hashEmbedder) EmbedDocuments(_ context.Context, texts []string) ([][]float32, error) {
	if h.say {
		fmt.Println("embed")
	}
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		sum := fnv.New64a()
		sum.Write([]byte(text))
		r := rand.New(rand.NewPCG(sum.Sum64(), 3))
		for range 8 {
			vectors[i] = append(vectors[i], float32(r.NormFloat64()))
		}
	}
	return vectors, nil
}

func killedSpec() retrieval.EmbedderSpec {
	return retrieval.EmbedderSpec{Model: "test/killed", Dimensions: 8}
}

// ingestInChild ingests a folder and prints a line for each thing it does.
func ingestInChild(folder string) int {
	ctx := context.Background()
	err := func() error {
		db, err := Open(ctx, Config{Address: os.Getenv("MILVUS_TEST_ADDRESS"), Tenant: os.Getenv("MILVUS_TEST_TENANT"), Prefix: testPrefix})
		if err != nil {
			return err
		}
		defer db.Close()
		c, err := db.Create(ctx, "killed", killedSpec())
		if err != nil {
			return err
		}
		in, err := ingest.New(c, hashEmbedder{say: true}, ingest.Config{Batch: 8, ChunkSize: 200, Overlap: 20})
		if err != nil {
			return err
		}
		_, err = in.Run(ctx, []string{folder}, func(e ingest.Event) { fmt.Println("stored", e.Source) })
		return err
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// A process that is killed repeatedly while it ingests, and at last runs to its
// end, must leave every document exactly once, and every document that it
// reported as stored must have been stored.
func TestKilled(t *testing.T) {
	kills := 3
	if text := os.Getenv("SELFRAG_KILLS"); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range serverNames() {
		t.Run(name, func(t *testing.T) { killed(t, addressOf(t, name), kills) })
	}
}

func killed(t *testing.T, address string, kills int) {
	ctx := t.Context()
	tenant, folder := ourOwn(t), t.TempDir()
	r := rand.New(rand.NewPCG(31, 32))
	documents := 6 * (kills + 3)
	for i := range documents {
		text := fmt.Sprintf("# 제목 %d\n\n", i) + strings.Repeat("물결과 등대 lighthouse. ", 5+r.IntN(60))
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("문서 %d.md", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	done := 0
	for range kills {
		acknowledged, wasKilled := storetest.KillChild(t, 2+r.IntN(10),
			"MILVUS_TEST_CHILD="+folder, "MILVUS_TEST_ADDRESS="+address, "MILVUS_TEST_TENANT="+tenant)
		if wasKilled {
			done++
		}
		c, err := openAt(t, address, tenant).Collection(ctx, "killed")
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range acknowledged {
			if _, found, err := c.Document(ctx, source); err != nil || !found {
				t.Errorf("%s was said to be stored and is not there: %v", source, err)
			}
		}
	}
	if done < (kills+1)/2 {
		t.Errorf("only %d of %d children were killed in time", done, kills)
	}
	db := openAt(t, address, tenant)
	c, err := db.Create(ctx, "killed", killedSpec())
	if err != nil {
		t.Fatal(err)
	}
	in, err := ingest.New(c, hashEmbedder{}, ingest.Config{Batch: 8, ChunkSize: 200, Overlap: 20})
	if err != nil {
		t.Fatal(err)
	}
	report, err := in.Run(ctx, []string{folder}, nil)
	if err != nil || report.Added+report.Unchanged != documents || len(report.Failed) > 0 {
		t.Errorf("the last run: %+v, %v", report, err)
	}
	docs, err := c.Documents(ctx)
	if err != nil || len(docs) != documents {
		t.Errorf("there are %d documents of %d, %v", len(docs), documents, err)
	}
	passages := 0
	for _, d := range docs {
		passages += d.Passages
	}
	found, err := c.Dense(ctx, retrieval.Request{Vector: []float32{1, 2, 3, 4, 5, 6, 7, 8}, K: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, p := range found {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	if len(ids) != passages || len(slices.Compact(ids)) != passages {
		t.Errorf("there are %d passages of %d", len(ids), passages)
	}
	if n, err := db.server.count(ctx, c.passages, db.scope.rows(), 0); err != nil || n != passages {
		t.Errorf("there are %d rows for %d passages, %v", n, passages, err)
	}
	if err := db.Delete(ctx, "killed"); err != nil {
		t.Error(err)
	}
}
