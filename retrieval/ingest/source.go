package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
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
	return filepath.ToSlash(nameOf(path))
}

// nameOf is a name of a file as text. macOS decomposes letters, Hangul among
// them; old archives and disks of Windows keep names in CP949.
func nameOf(name string) string {
	if !utf8.ValidString(name) {
		if text, ok := decodeKorean([]byte(name)); ok {
			name = text
		} else {
			name = strings.ToValidUTF8(name, "\uFFFD")
		}
	}
	return norm.NFC.String(name)
}
