package ingest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/sqlite"
	"selfrag/retrieval/storetest"
)

// ingestInChild ingests a folder and says a line at each thing it does. It
// returns the exit code.
func ingestInChild(db, folder string) int {
	ctx := context.Background()
	store, c, err := openCollection(ctx, db)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer store.Close()
	in, err := New(c, &hashEmbedder{before: func([]string) error {
		_, err := fmt.Println("embed")
		return err
	}}, Config{Batch: 8})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_, err = in.Run(ctx, []string{folder}, func(e Event) { fmt.Println("stored", e.Source) })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// kills is how many processes TestKilled kills: SELFRAG_KILLS, or 10.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("SELFRAG_KILLS")
	if text == "" {
		return 10
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("SELFRAG_KILLS is %q: it must be a positive number", text)
	}
	return n
}

// A process killed many times while it ingests, and then left alone, leaves
// what an undisturbed one leaves; and what it had said it stored was stored.
func TestKilled(t *testing.T) {
	folder := t.TempDir()
	r := rand.New(rand.NewPCG(11, 12))
	files := map[string]string{}
	for i := range 60 {
		files[fmt.Sprintf("%d/문서 %d.md", i%4, i)] = fmt.Sprintf("# 제목 %d\n\n", i) + prose(r, 50+r.IntN(3000))
	}
	var lines strings.Builder
	for i := range 60 {
		fmt.Fprintf(&lines, "{\"_id\": \"line-%d\", \"text\": %q}\n", i, prose(r, 20+r.IntN(400)))
	}
	files["corpus.jsonl"] = lines.String()
	writeFiles(t, folder, files)

	undisturbed := newCollection(t)
	want := run(t, undisturbed, &hashEmbedder{}, Config{Batch: 8}, folder)

	path := ""
	total, killed := kills(t), 0
	for i := range total {
		// A store that is full has nothing left to be killed at: begin anew.
		if i%10 == 0 {
			path = filepath.Join(t.TempDir(), "killed.db")
		}
		acknowledged, inTime := storetest.KillChild(t, 1+r.IntN(25), "INGEST_TEST_DB="+path, "INGEST_TEST_FOLDER="+folder)
		if inTime {
			killed++
		}
		checkStored(t, path, acknowledged)
	}
	if killed < total/2 {
		t.Errorf("only %d of %d children were killed in time: give them more to do", killed, total)
	}
	t.Logf("%d children were killed", killed)
	db, c, err := openCollection(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	report := run(t, c, &hashEmbedder{}, Config{Batch: 8}, folder)
	if got := report.Added + report.Unchanged; got != want.Added || report.Updated > 0 || len(report.Failed) > 0 {
		t.Errorf("the last run reports %+v, an undisturbed one %+v", report, want)
	}
	compareCollections(t, c, undisturbed)
}

func checkStored(t *testing.T, path string, sources []string) {
	t.Helper()
	db, c, err := openCollection(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, source := range sources {
		if _, found, err := c.Hash(t.Context(), source); err != nil || !found {
			t.Errorf("%s was said to be stored and is not there: %v", source, err)
		}
	}
}

// compareCollections holds two collections to the same documents, passages,
// vectors and lexical statistics.
func compareCollections(t *testing.T, got, want *sqlite.Collection) {
	t.Helper()
	gotDocs, err := got.Documents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantDocs, err := want.Documents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(gotDocs, wantDocs) {
		t.Errorf("documents differ:\n got %v\nwant %v", gotDocs, wantDocs)
	}
	const everything = 1 << 20
	query, err := (&hashEmbedder{}).EmbedQuery(t.Context(), "물결 등대 문서")
	if err != nil {
		t.Fatal(err)
	}
	for name, search := range map[string]func(*sqlite.Collection) ([]retrieval.Passage, error){
		"dense": func(c *sqlite.Collection) ([]retrieval.Passage, error) {
			return c.Dense(t.Context(), retrieval.Request{Vector: query, K: everything})
		},
		"lexical": func(c *sqlite.Collection) ([]retrieval.Passage, error) {
			return c.Lexical(t.Context(), retrieval.Request{Text: "물결 lighthouse 제목 7", K: everything})
		},
	} {
		g, err := search(got)
		if err != nil {
			t.Fatal(err)
		}
		w, err := search(want)
		if err != nil {
			t.Fatal(err)
		}
		if len(w) == 0 || !reflect.DeepEqual(g, w) {
			t.Errorf("%s search differs: %d and %d passages", name, len(g), len(w))
		}
	}
}

// prose makes text of about so many runes.
func prose(r *rand.Rand, runes int) string {
	words := []string{"물결", "등대", "lighthouse", "문지기가", "gate", "조수를", "읽는다.", "opens", "at", "만조에\n\n", "tide.\n", "2025년"}
	var b strings.Builder
	for n := 0; n < runes; {
		w := words[r.IntN(len(words))]
		b.WriteString(w + " ")
		n += len([]rune(w)) + 1
	}
	return b.String()
}
