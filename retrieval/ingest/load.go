package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"strings"

	"selfrag/retrieval"
)

// loaded is a document as it came out of a file, or why it did not: then only
// its source is set.
type loaded struct {
	doc   retrieval.Document
	err   error
	bytes int64 // of the file, that this document took
}

// loader reads the documents of a file and hands each to yield, failed ones
// too. It returns the error that yield returned.
type loader func(f file, maxBytes int64, yield func(loaded) error) error

// fileTypes are the extensions of the files that can be read.
func fileTypes() []fileType {
	return []fileType{
		{".md", single(markdown)}, {".markdown", single(markdown)},
		{".txt", single(plain)}, {".text", single(plain)},
		{".html", single(html)}, {".htm", single(html)},
		{".jsonl", jsonLines},
	}
}

type fileType struct {
	extension string
	load      loader
}

// loaderFor returns the loader for a file's name, or nil when its type is not
// known.
func loaderFor(path string) loader {
	extension := strings.ToLower(filepath.Ext(path))
	for _, t := range fileTypes() {
		if t.extension == extension {
			return t.load
		}
	}
	return nil
}

// extract turns the bytes of a file into its title, which may be empty, and
// its text.
type extract func(raw []byte) (title, text string, err error)

// single is the loader of files that are one document.
func single(of extract) loader {
	return func(f file, maxBytes int64, yield func(loaded) error) error {
		doc, err := document(f, maxBytes, of)
		return yield(loaded{doc, err, f.bytes})
	}
}

func document(f file, maxBytes int64, of extract) (retrieval.Document, error) {
	doc := retrieval.Document{Source: f.source}
	raw, err := readFile(f.path, maxBytes)
	if err != nil {
		return doc, err
	}
	doc.Title, doc.Text, err = of(raw)
	if err != nil {
		return doc, err
	}
	if strings.TrimSpace(doc.Text) == "" {
		return doc, errEmpty
	}
	doc.ID = hash(raw)
	return doc, nil
}

var errEmpty = errors.New("empty: it holds no text")

// hash is the id of a document with that content.
func hash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// plain extracts a text file. It has no title: what its first line is cannot
// be told.
func plain(raw []byte) (title, text string, err error) {
	text, err = decode(raw)
	return "", text, err
}

// normaliseNewlines makes \n of \r\n and of a lone \r.
func normaliseNewlines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// collapse makes one space of each run of white space, and none at the ends.
func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }
