package ingest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"selfrag/retrieval/ingest/charset"
)

// SourceOf returns the source of the document at a path, which is the same for all
// ways to write the path: cleaned, with slashes, in composed letters (NFC), and
// relative if the path is below the folder that the program runs in.
func SourceOf(path string) string {
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

// uploadPrefix is what the sources of documents begin with that a server took from
// its clients.
const uploadPrefix = "upload:"

// PathOf returns the path or URL from which the document with the given source can be
// ingested again. For a line of a JSONL file it returns the path of the file. The
// error says why there is no path.
func PathOf(source string) (string, error) {
	name := source
	if file, _, isLine := strings.Cut(source, ".jsonl#"); isLine {
		name = file + ".jsonl"
	}
	switch {
	case isURL(source):
		return name, nil
	case source == "":
		return "", errors.New("it has no source")
	case strings.HasPrefix(source, stdinPrefix):
		return "", errors.New("it came from standard input: send it there again")
	case strings.HasPrefix(source, uploadPrefix):
		return "", errors.New("it was uploaded: upload its file again")
	}
	return filepath.FromSlash(name), nil
}
