package ingest

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
)

// The errors of Original.
var (
	// ErrNoOriginal is the error for a document that did not come from a file that can
	// be read again, such as an upload or a page of the web.
	ErrNoOriginal = errors.New("it did not come from a file here")
	// ErrChanged is the error for a document whose file is another one now.
	ErrChanged = errors.New("its file has changed since it was ingested")
)

// Original returns the content of the file that a document came from, which may have
// at most maxBytes. The content has the SHA-256 that is the id of the document. A source
// that names another file, or a link to one, therefore gives nothing away: only the
// bytes that were ingested are returned. The error is one of the above, or says why the
// file cannot be read.
func Original(doc retrieval.Document, maxBytes int64) ([]byte, error) {
	path, err := PathOf(doc.Source)
	if err != nil || strings.Contains(doc.Source, "://") {
		return nil, ErrNoOriginal
	}
	raw, err := readFile(path, maxBytes)
	if err != nil {
		return nil, fmt.Errorf("read the file of a document: %w", err)
	}
	if content.ID(raw) != doc.ID {
		return nil, ErrChanged
	}
	return raw, nil
}

// IsPDF reports whether the document with the given source came from a PDF file.
func IsPDF(source string) bool { return strings.EqualFold(filepath.Ext(source), ".pdf") }
