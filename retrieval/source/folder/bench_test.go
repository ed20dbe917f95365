package folder_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/source"
	"selfrag/retrieval/source/folder"
	"selfrag/retrieval/sqlite"
)

// Each round lists 10,000 files in 100 folders, none of which has changed. That is what a
// watched folder costs while nothing happens.
func BenchmarkUnchanged(b *testing.B) {
	dir := b.TempDir()
	old := time.Now().Add(-time.Hour)
	for i := range 10_000 {
		path := filepath.Join(dir, fmt.Sprintf("%02d", i%100), fmt.Sprintf("%05d.md", i))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, fmt.Appendf(nil, "Document %d.", i), 0o600); err != nil {
			b.Fatal(err)
		}
		if err := os.Chtimes(path, old, old); err != nil {
			b.Fatal(err)
		}
	}
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "selfrag.db"), sqlite.Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	c, err := db.Create(b.Context(), "a", retrieval.EmbedderSpec{Model: "none"})
	if err != nil {
		b.Fatal(err)
	}
	in, err := ingest.New(c, nil, ingest.Config{})
	if err != nil {
		b.Fatal(err)
	}
	watcher := folder.Watch(ingest.Config{})
	defer watcher.Close()
	src := folder.New(folder.Config{Paths: []string{dir}, Watch: watcher})
	to, state := source.Target{Store: c, Ingester: in}, &source.State{}
	sync := func(ctx context.Context) source.Report {
		r, err := source.Sync(ctx, src, to, state, nil)
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	sync(b.Context())
	for b.Loop() {
		if r := sync(b.Context()); r.Unchanged != 10_000 {
			b.Fatalf("%+v", r)
		}
	}
}
