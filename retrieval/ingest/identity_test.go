package ingest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/text/unicode/norm"

	"selfrag/retrieval/ingest/filetest"
)

// A document is known by one source, however its path is written.
func TestADocumentHasOneSource(t *testing.T) {
	dir := t.TempDir()
	decomposed := norm.NFD.String("휴가 안내.md")
	old := filetest.CP949(t, "출장 규정.md")
	writeFiles(t, dir, map[string]string{"docs/a.md": "x", "docs/" + decomposed: "x"})
	want := []string{"docs/a.md", "docs/휴가 안내.md"}
	if os.WriteFile(filepath.Join(dir, "docs", old), []byte("x"), 0o644) == nil { // some disks take UTF-8 alone
		want = append(want, "docs/출장 규정.md")
	}
	slices.Sort(want)
	for name, paths := range map[string][]string{
		"a folder":                   {"docs"},
		"from here":                  {"./docs/"},
		"its absolute path":          {filepath.Join(dir, "docs")},
		"in three ways":              {"docs", "./docs", filepath.Join(dir, "docs")},
		"a glob":                     {"docs/*.md"},
		"a glob of an absolute path": {filepath.Join(dir, "docs", "*.md")},
	} {
		sources, failed, _ := findIn(t, dir, paths...)
		slices.Sort(sources)
		if !slices.Equal(sources, want) || failed != nil {
			t.Errorf("%s: got %q, %q, want %q", name, sources, failed, want)
		}
	}
	for name, path := range map[string]string{"composed": "docs/휴*.md", "decomposed": norm.NFD.String("docs/휴*.md")} {
		if sources, failed, _ := findIn(t, dir, path); !slices.Equal(sources, []string{"docs/휴가 안내.md"}) {
			t.Errorf("a glob, %s: got %q, %q", name, sources, failed)
		}
	}
	writeFiles(t, dir, map[string]string{"docs/.selfragignore": "휴가*\n"})
	if sources, _, _ := findIn(t, dir, "docs"); slices.Contains(sources, "docs/휴가 안내.md") {
		t.Errorf("a rule in composed letters misses a name in decomposed ones: %q", sources)
	}
	above := filepath.Join(dir, "docs")
	if sources, _, _ := findIn(t, filepath.Join(dir), above+"/../docs/a.md"); !slices.Equal(sources, []string{"docs/a.md"}) {
		t.Errorf("got %q", sources)
	}
}
