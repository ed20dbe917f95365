package ingest

import (
	"os"
	"path/filepath"
	"strings"

	"selfrag/retrieval/ingest/charset"
)

// sourceOf returns the source of the document at a path, which is the same for all
// ways to write the path: cleaned, with slashes, in composed letters (NFC), and
// relative if the path is below the folder that the program runs in.
func sourceOf(path string) string {
	path = filepath.Clean(path)
	if filepath.IsAbs(path) {
		if here, err := os.Getwd(); err == nil {
			if rel, err := filepath.Rel(here, path); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
				path = rel
			}
		}
	}
	return filepath.ToSlash(charset.FileName(path))
}
