package ingest

import (
	"os"
	"path/filepath"
	"strings"

	"selfrag/retrieval/ingest/charset"
)

// sourceOf is the source of the document at a path, by which it is known
// however the path is written: cleaned, with slashes, in composed letters
// (NFC), and relative where it is below the folder that the program runs in.
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
