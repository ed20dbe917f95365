// Package sourcetest holds the tests that every kind of source passes.
package sourcetest

import (
	"context"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/source"
	"selfrag/retrieval/sqlite"
)

// Place is a real place that a source reads, with the files that a test puts there.
type Place interface {
	// Source returns a new source of the place.
	Source(t *testing.T) source.Source
	// Put stores a file under a path with slashes.
	Put(t *testing.T, path, text string)
	// Remove removes a file.
	Remove(t *testing.T, path string)
	// Name returns the source of the document that a file becomes.
	Name(path string) string
	// Also returns the names of further documents of the place, such as the page that
	// links to the others.
	Also() []string
}

// Run runs the tests. open returns a new, empty place.
func Run(t *testing.T, open func(t *testing.T) Place) {
	t.Run("Files", func(t *testing.T) { testFiles(t, open(t)) })
	t.Run("Versions", func(t *testing.T) { testVersions(t, open(t)) })
	t.Run("Ends", func(t *testing.T) { testEnds(t, open(t)) })
	t.Run("Sync", func(t *testing.T) { testSync(t, open(t)) })
	t.Run("Emptied", func(t *testing.T) { testEmptied(t, open(t)) })
}

// met is what a scan visited.
type met struct {
	source.Extent
	texts    map[string]string // of the files that were opened, by name
	versions map[string]string
	skipped  []string
}

// scan scans a source and reads the files whose versions are not the known ones.
func scan(t *testing.T, s source.Source, known map[string]string) met {
	t.Helper()
	m := met{texts: map[string]string{}, versions: map[string]string{}}
	var err error
	m.Extent, err = s.Scan(t.Context(), func(name string) string { return known[name] }, func(f source.File) error {
		if _, twice := m.versions[f.Name]; twice {
			t.Errorf("%s is visited twice", f.Name)
		}
		m.versions[f.Name] = f.Version
		switch {
		case f.Err != nil:
			t.Errorf("%s failed: %v", f.Name, f.Err)
		case f.Version != "" && f.Version == known[f.Name]:
		case f.Extension == "":
			m.skipped = append(m.skipped, f.Name)
		default:
			in, err := f.Open()
			if err != nil {
				t.Errorf("open %s: %v", f.Name, err)
				return nil
			}
			text, err := io.ReadAll(in)
			if err = errors.Join(err, in.Close()); err != nil {
				t.Errorf("read %s: %v", f.Name, err)
			}
			m.texts[f.Name] = string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func names(p Place, paths ...string) []string {
	all := slices.Clone(p.Also())
	for _, path := range paths {
		all = append(all, p.Name(path))
	}
	slices.Sort(all)
	return all
}

func testFiles(t *testing.T, p Place) {
	p.Put(t, "a.md", "the gate")
	p.Put(t, "sub/휴가.txt", "연차는 15일입니다.")
	p.Put(t, "picture.xyz", "not a document")
	p.Put(t, ".hidden/b.md", "hidden")
	m := scan(t, p.Source(t), nil)
	got := slices.Sorted(maps.Keys(m.texts))
	if want := names(p, "a.md", "sub/휴가.txt"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if m.texts[p.Name("a.md")] != "the gate" || m.texts[p.Name("sub/휴가.txt")] != "연차는 15일입니다." {
		t.Errorf("texts %q", m.texts)
	}
	if m.Covers == nil {
		t.Fatal("the scan was not complete")
	}
	for name, want := range map[string]bool{p.Name("a.md"): true, p.Name("sub/휴가.txt"): true, p.Name("gone/b.md"): true, "upload:a.md": false, "/elsewhere/a.md": false, "https://elsewhere.test/a.md": false} {
		if m.Covers(name) != want {
			t.Errorf("it covers %s: %v", name, !want)
		}
	}
}

func testVersions(t *testing.T, p Place) {
	p.Put(t, "a.md", "one")
	p.Put(t, "b.md", "two")
	s := p.Source(t)
	first := scan(t, s, nil)
	again := scan(t, p.Source(t), first.versions)
	if len(again.texts) > 0 || !maps.Equal(again.versions, first.versions) {
		t.Errorf("nothing has changed, but %q were read; versions %q, then %q", slices.Collect(maps.Keys(again.texts)), first.versions, again.versions)
	}
	p.Put(t, "a.md", "one, changed")
	changed := scan(t, s, first.versions)
	if changed.texts[p.Name("a.md")] != "one, changed" || changed.texts[p.Name("b.md")] != "" {
		t.Errorf("a.md has changed, and read were %q", changed.texts)
	}
}

func testEnds(t *testing.T, p Place) {
	p.Put(t, "a.md", "one")
	p.Put(t, "b.md", "two")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	never := func(string) string { return "" }
	if _, err := p.Source(t).Scan(ctx, never, func(source.File) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	enough, visits := errors.New("enough"), 0
	_, err := p.Source(t).Scan(t.Context(), never, func(source.File) error {
		visits++
		return enough
	})
	if !errors.Is(err, enough) || visits != 1 {
		t.Errorf("visit failed: got %v after %d visits", err, visits)
	}
}

// Collection returns a new collection that is searched by words, and what Sync needs
// of it.
func Collection(t *testing.T) (*sqlite.Collection, source.Target) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "selfrag.db"), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := db.Create(t.Context(), "kept", retrieval.EmbedderSpec{Model: "none"})
	if err != nil {
		t.Fatal(err)
	}
	in, err := ingest.New(c, nil, ingest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return c, source.Target{Store: c, Ingester: in}
}

// Stored returns the sources of the documents of a collection.
func Stored(t *testing.T, c *sqlite.Collection) []string {
	t.Helper()
	var all []string
	for s, err := range c.Sources(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	slices.Sort(all)
	return all
}

func testSync(t *testing.T, p Place) {
	c, to := Collection(t)
	state := &source.State{}
	step := func(name string, added, updated, unchanged, removed int, paths ...string) {
		t.Helper()
		r, err := source.Sync(t.Context(), p.Source(t), to, state, nil)
		if err != nil || len(r.Failed) > 0 {
			t.Fatalf("%s: %+v, %v", name, r, err)
		}
		// A page that links to the others changes whenever there are others.
		also := len(p.Also())
		if r.Added < added || r.Added > added+also || r.Updated < updated || r.Updated > updated+also || r.Unchanged < unchanged || r.Unchanged > unchanged+also || r.Removed != removed {
			t.Errorf("%s: got %+v, want %d added, %d updated, %d unchanged, %d removed", name, r, added, updated, unchanged, removed)
		}
		if got, want := Stored(t, c), names(p, paths...); !slices.Equal(got, want) {
			t.Errorf("%s: stored are %q, want %q", name, got, want)
		}
	}
	p.Put(t, "a.md", "the gate")
	p.Put(t, "sub/b.md", "the bridge has two lanes")
	p.Put(t, "c.md", "the ferry")
	step("first", 3, 0, 0, 0, "a.md", "sub/b.md", "c.md")
	step("again", 0, 0, 3, 0, "a.md", "sub/b.md", "c.md")
	p.Put(t, "sub/b.md", "the bridge has four lanes")
	p.Put(t, "d.md", "the tunnel")
	p.Remove(t, "c.md")
	step("changed", 1, 1, 1, 1, "a.md", "sub/b.md", "d.md")
	if found, err := c.Lexical(t.Context(), retrieval.Request{Text: "bridge lanes", K: 1}); err != nil || len(found) != 1 || !strings.Contains(found[0].Text, "four") {
		t.Errorf("found %+v, %v", found, err)
	}
	if err := c.Remove(t.Context(), p.Name("a.md")); err != nil { // by somebody else
		t.Fatal(err)
	}
	step("restored", 1, 0, 2, 0, "a.md", "sub/b.md", "d.md")
	state = &source.State{}
	step("state lost", 0, 0, 3, 0, "a.md", "sub/b.md", "d.md")
}

// testEmptied holds that an empty place does not empty the collection.
func testEmptied(t *testing.T, p Place) {
	c, to := Collection(t)
	p.Put(t, "a.md", "the gate")
	state := &source.State{}
	if _, err := source.Sync(t.Context(), p.Source(t), to, state, nil); err != nil {
		t.Fatal(err)
	}
	p.Remove(t, "a.md")
	if len(p.Also()) > 0 {
		return // the place is not empty
	}
	r, err := source.Sync(t.Context(), p.Source(t), to, state, nil)
	if err != nil || r.Removed > 0 || len(r.Failed) != 1 || len(Stored(t, c)) != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
}
