package wire

import (
	"os"
	"path/filepath"
	"testing"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
)

// newParts returns parts without an embedder, with a data folder of their own.
func newParts(t *testing.T) *Parts {
	t.Helper()
	getenv := func(string) string { return "" }
	s := config.Default(getenv)
	s.DataDir, s.Embedder, s.Collection = t.TempDir(), config.NoEmbedder, "notes"
	p := New(s, Options{Getenv: getenv})
	t.Cleanup(p.Close)
	return p
}

// TestPartsShareWhatTheyHaveInCommon ingests through one set of parts and
// searches through another one.
func TestPartsShareWhatTheyHaveInCommon(t *testing.T) {
	p := newParts(t)
	file := filepath.Join(t.TempDir(), "다리.md")
	if err := os.WriteFile(file, []byte("다리에는 차로가 두 개 있습니다. The bridge has two lanes."), 0o600); err != nil {
		t.Fatal(err)
	}
	quiet, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer quiet.Close()
	if err := p.Ingest(t.Context(), term.Streams{Out: quiet, Err: quiet}, Ingestion{Paths: []string{file}}); err != nil {
		t.Fatal(err)
	}
	s := p.Settings
	s.K2 = 1
	other := p.With(s)
	search, err := other.Search(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found, err := search.TwoStage.Search(t.Context(), "차로가 몇 개인가요?")
	if err != nil || len(found.Passages) != 1 {
		t.Errorf("found %+v, %v", found, err)
	}
	if p.Settings.K2 == 1 {
		t.Error("the settings of the first were changed")
	}
	if n := len(p.shared.stores.parts); n != 1 {
		t.Errorf("%d stores are open", n)
	}
	s.Collection = "elsewhere"
	if _, err := p.With(s).Search(t.Context()); err == nil || fault.Of(err) != fault.Internal {
		t.Errorf("a collection that is not there: %v", err)
	}
}

// TestAStoreThatWasClosedOpensAnew removes the folder of a store during a run.
func TestAStoreThatWasClosedOpensAnew(t *testing.T) {
	p := newParts(t)
	if _, err := p.Store(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.CloseStore()
	if err := os.RemoveAll(p.Settings.DataDir); err != nil {
		t.Fatal(err)
	}
	store, err := p.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if all, err := store.Collections(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}
