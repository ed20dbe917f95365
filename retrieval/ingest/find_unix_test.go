//go:build unix

package ingest

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"selfrag/retrieval/ingest/plain"
)

// What a folder from somebody else may hold. Nothing is waited for.
func TestFindHostile(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"secret.txt": "x", "docs/good.md": "x"})
	docs := filepath.Join(dir, "docs")
	if err := errors.Join(
		os.Symlink(docs, filepath.Join(docs, "loop")),
		os.Symlink("loop.md", filepath.Join(docs, "loop.md")),
		os.Symlink(filepath.Join(dir, "secret.txt"), filepath.Join(docs, "leak.txt")),
		os.Symlink("nowhere", filepath.Join(docs, "dangling.md")),
		syscall.Mkfifo(filepath.Join(docs, "pipe.txt"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", filepath.Join(docs, "socket.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	sources, failed, skipped := findIn(t, dir, "docs")
	if !slices.Equal(sources, []string{"docs/good.md"}) || failed != nil || skipped != 6 {
		t.Errorf("found %q, failed %q, skipped %d", sources, failed, skipped)
	}
	for path, want := range map[string]string{
		"docs/pipe.txt": "not a regular file", "docs/socket.md": "not a regular file", "/dev/zero": "not a regular file",
		"docs/loop.md": "cannot be read: too many levels",
	} {
		if _, failed, _ := findIn(t, dir, path); len(failed) != 1 || !strings.Contains(failed[0], want) {
			t.Errorf("%s: failed %q, want %q", path, failed, want)
		}
	}
	// A pipe that took the place of a file after it was found.
	pipe := file{path: filepath.Join(docs, "pipe.txt"), source: "pipe.txt", bytes: 1}
	if err := single(plain.Text)(t.Context(), pipe, 100, func(l loaded) error { return l.err }); !errors.Is(err, errNotRegular) {
		t.Errorf("got %v", err)
	}
	// A link to a file that is named itself is meant.
	if sources, _, _ := findIn(t, dir, "docs/leak.txt"); len(sources) != 1 {
		t.Errorf("found %q", sources)
	}
}
