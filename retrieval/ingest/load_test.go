package ingest

import (
	"os"
	"path/filepath"
	"testing"
)

// loadAll loads a file of that name and content.
func loadAll(t testing.TB, name, content string, maxBytes int64) []loaded {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	var all []loaded
	err := Config{}.loaderFor(name)(t.Context(), file{path: path, source: name, bytes: int64(len(content)), pdfs: pdfs()}, maxBytes, func(l loaded) error {
		all = append(all, l)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
