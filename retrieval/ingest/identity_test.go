package ingest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/unicode/norm"
)

// A document is known by one source, however its path is written.
func TestADocumentHasOneSource(t *testing.T) {
	dir := t.TempDir()
	decomposed := norm.NFD.String("휴가 안내.md")
	old := encoded(t, korean.EUCKR.NewEncoder().String, "출장 규정.md")
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

// Archives of old Windows programs name their parts in CP949.
func TestPartsAreNamedInCP949(t *testing.T) {
	page := "<html><body><p>등대는 해 질 녘에 켜진다.</p></body></html>"
	raw := string(zipped(t, "META-INF/container.xml", `<container><rootfiles><rootfile full-path="책자.opf"/></rootfiles></container>`,
		encoded(t, korean.EUCKR.NewEncoder().String, "책자.opf"), `<package><metadata><title>등대</title></metadata><manifest><item id="a" href="%EC%9E%A5.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>`,
		encoded(t, korean.EUCKR.NewEncoder().String, "장.xhtml"), page))
	for _, l := range loadAll(t, "a.epub", raw, 1<<20) {
		if l.err != nil || !strings.Contains(l.doc.Text, "등대는 해") {
			t.Errorf("got %q, %v, %q", l.doc.Text, l.err, l.content.warnings)
		}
	}
}
