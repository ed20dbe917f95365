package ingest

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval/sqlite"
)

func sources(t *testing.T, c *sqlite.Collection) []string {
	t.Helper()
	var all []string
	for s, err := range c.Sources(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func remove(t *testing.T, paths ...string) {
	t.Helper()
	for _, p := range paths {
		if err := os.RemoveAll(p); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPrune(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFiles(t, ".", map[string]string{
		"docs/a.md": "a", "docs/b.md": "b", "docs/sub/c.txt": "c", "docs-2/x.md": "x", "other.md": "o",
		"lines.jsonl": `{"_id":"1","text":"one"}` + "\n" + `{"_id":"2","text":"two"}`,
	})
	c := newCollection(t)
	prune := func(cfg Config, want int, paths ...string) {
		t.Helper()
		cfg.Prune = true
		if report := run(t, c, &hashEmbedder{}, cfg, paths...); report.Removed != want {
			t.Errorf("%d removed, want %d; left are %q", report.Removed, want, sources(t, c))
		}
	}
	stdin := Config{Stdin: strings.NewReader("typed"), StdinName: "note.md"}
	run(t, c, &hashEmbedder{}, stdin, "docs", "docs-2", "other.md", "lines.jsonl", "-")
	if len(sources(t, c)) != 8 {
		t.Fatalf("stored %q", sources(t, c))
	}
	prune(Config{}, 0, "docs", "lines.jsonl")

	// Only what the paths stand for, and with DryRun not even that.
	remove(t, "docs/b.md", "docs-2", "other.md")
	prune(Config{DryRun: true}, 1, "docs")
	if !slices.Contains(sources(t, c), "docs/b.md") {
		t.Error("a dry run removed a document")
	}
	prune(Config{}, 1, "docs")
	if slices.Contains(sources(t, c), "docs/b.md") {
		t.Error("docs/b.md is still there")
	}
	prune(Config{}, 0, "docs/*.md")
	remove(t, "docs/sub/c.txt")
	prune(Config{}, 0, "docs/*.md")
	prune(Config{}, 1, "docs/**")

	// A line that is gone, but not where a line cannot be read.
	writeFiles(t, ".", map[string]string{"lines.jsonl": `{"_id":"1","text":"one"}` + "\n{"})
	prune(Config{}, 0, "lines.jsonl")
	writeFiles(t, ".", map[string]string{"lines.jsonl": `{"_id":"1","text":"one"}`})
	prune(Config{}, 1, "lines.jsonl")

	// A path that is not there may be a disk that is not.
	prune(Config{}, 0, "docs-2", "other.md")

	// An empty folder neither.
	writeFiles(t, ".", map[string]string{"mounted/m.md": "m"})
	prune(Config{}, 0, "mounted")
	remove(t, "mounted/m.md")
	prune(Config{}, 0, "mounted")
	writeFiles(t, ".", map[string]string{"mounted/n.md": "n"})
	prune(Config{}, 1, "mounted")
	remove(t, "mounted/n.md")
	if err := c.Remove(t.Context(), "mounted/n.md"); err != nil {
		t.Fatal(err)
	}

	// Not when the run ends early.
	remove(t, "docs/a.md")
	writeFiles(t, ".", map[string]string{"docs/new.md": "new"})
	down := embedFunc(func([]string) ([][]float32, error) { return nil, errors.New("down") })
	if report, err := tryRun(t.Context(), c, down, Config{Prune: true}, "docs"); err == nil || report.Removed != 0 {
		t.Errorf("got %+v, %v", report, err)
	}
	// The folder at hand covers what is below it, not what was typed.
	prune(Config{}, 3, ".")
	if got := sources(t, c); !slices.Equal(got, []string{"docs/new.md", "lines.jsonl#1", "stdin:note.md"}) {
		t.Errorf("left are %q", got)
	}
}

func TestGlob(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"docs/a.md": "x", "docs/sub/b.md": "x", "docs/sub/c.txt": "x", "docs/.hidden/d.md": "x", "e.md": "x", "docs/f.xyz": "x", "[g].md": "x",
	})
	for pattern, want := range map[string][]string{
		"docs/**/*.md": {"docs/a.md", "docs/sub/b.md"}, "*.md": {"[g].md", "e.md"}, "docs/sub/?.txt": {"docs/sub/c.txt"},
		"./docs/s*/*": {"docs/sub/b.md", "docs/sub/c.txt"}, "[g].md": {"[g].md"},
	} {
		got, failed, _ := findIn(t, dir, pattern)
		if !slices.Equal(got, want) || failed != nil {
			t.Errorf("%s: got %q, failed %q, want %q", pattern, got, failed, want)
		}
	}
	for _, pattern := range []string{"docs/*.pdf", "docs/[", "none/*"} {
		if got, failed, _ := findIn(t, dir, pattern); got != nil || len(failed) != 1 {
			t.Errorf("%s: got %q, failed %q", pattern, got, failed)
		}
	}
}
