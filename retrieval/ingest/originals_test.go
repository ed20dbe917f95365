package ingest_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/ingest/content"
)

func TestOriginals(t *testing.T) {
	dir := t.TempDir()
	kept := ingest.OriginalsIn(filepath.Join(dir, "originals"))
	file := func(text string) string {
		path := filepath.Join(dir, "upload")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	read := func(collection, source, text string) error {
		t.Helper()
		raw, err := kept.Read(collection, retrieval.Document{ID: content.ID([]byte(text)), Source: source}, 100)
		if err == nil && string(raw) != text {
			t.Errorf("%s: got %q, want %q", source, raw, text)
		}
		return err
	}
	// NFC and NFD name one source, and a name is never a path.
	const composed, decomposed, climbing = "upload:\uac00.pdf", "upload:\u1100\u1161.pdf", "upload:../../x.pdf"
	if err := read("..", composed, "one"); !errors.Is(err, ingest.ErrNoOriginal) {
		t.Errorf("of nothing: got %v", err)
	}
	do(kept.Remove("..", composed))
	do(kept.Rename("..", composed, climbing))
	do(kept.RenameCollection("none", ".."))

	do(kept.Keep("..", composed, file("one")))
	do(kept.Keep("..", climbing, file("two")))
	do(kept.Keep("notes", climbing, file("three")))
	do(read("..", decomposed, "one"))
	do(read("..", climbing, "two"))
	do(read("notes", climbing, "three"))
	if err := read("notes", climbing, "two"); !errors.Is(err, ingest.ErrChanged) {
		t.Errorf("of another file: got %v", err)
	}
	do(kept.Keep("notes", climbing, file("four")))
	do(read("notes", climbing, "four"))
	do(kept.Keep("notes", "upload:long.pdf", file(string(make([]byte, 101)))))
	if err := read("notes", "upload:long.pdf", "x"); err == nil || errors.Is(err, ingest.ErrChanged) {
		t.Errorf("of a file above the limit: got %v", err)
	}
	if err := kept.Keep("notes", "upload:gone.pdf", filepath.Join(dir, "gone")); err == nil {
		t.Error("a file that is not there was kept")
	}

	do(kept.Rename("..", composed, "upload:new.pdf"))
	do(read("..", "upload:new.pdf", "one"))
	do(kept.RenameCollection("..", "notes")) // in place of its own
	do(kept.RenameCollection("notes", "notes"))
	do(read("notes", climbing, "two"))
	do(kept.Remove("notes", climbing))
	if err := read("notes", climbing, "two"); !errors.Is(err, ingest.ErrNoOriginal) {
		t.Errorf("after its removal: got %v", err)
	}
	do(kept.RemoveCollection("notes"))
	left, err := os.ReadDir(filepath.Join(dir, "originals"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
