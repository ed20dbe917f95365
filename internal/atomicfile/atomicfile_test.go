package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"selfrag/internal/atomicfile"
)

func TestWriteReplacesTheWholeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "below", "한글.json")
	for _, content := range []string{"a long first content", "short", ""} {
		if err := atomicfile.Write(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != content {
			t.Errorf("the file holds %q, %v; want %q", got, err, content)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("others may use the file: mode %v", mode)
	}
}

func TestAFailedWriteLeavesTheOldFileAndNothingBesides(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "folder")
	// A folder that is not empty cannot be replaced by a file.
	if err := os.MkdirAll(filepath.Join(path, "inside"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(path, []byte("new")); err == nil {
		t.Fatal("a file took the place of a folder")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || !entries[0].IsDir() {
		t.Errorf("the folder holds %v, %v; want the old entry alone", entries, err)
	}
}

func TestWriteModeGivesTheModeAndMakesNoFolder(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "selfrag.yaml")
	if err := atomicfile.WriteMode(path, []byte("k1: 20\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("got %v, %v", info, err)
	}
	if err := atomicfile.WriteMode(filepath.Join(dir, "missing", "selfrag.yaml"), nil, 0o644); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
