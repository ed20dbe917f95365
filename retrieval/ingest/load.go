package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"selfrag/retrieval"
)

// loaded is a document as it came out of a file, or why it did not: then only
// its source is set.
type loaded struct {
	doc     retrieval.Document
	content content
	err     error
	bytes   int64 // of the file, that this document took
}

// loader reads the documents of a file and hands each to yield, failed ones
// too. It returns the error that yield returned.
type loader func(ctx context.Context, f file, maxBytes int64, yield func(loaded) error) error

// fileTypes are the types of files that can be read.
func fileTypes() []fileType {
	const office = "application/vnd.openxmlformats-officedocument."
	return []fileType{
		{".md", single(markdown), isText, "text/markdown"}, {".markdown", single(markdown), isText, ""},
		{".txt", single(plain), isText, ""}, {".text", single(plain), isText, ""},
		{".html", single(html), isText, "text/html application/xhtml+xml"}, {".htm", single(html), isText, ""},
		{".xhtml", single(xhtml), isText, ""},
		{".pdf", pdfFile, isBinary, "application/pdf"},
		{".docx", single(docx), isBinary, office + "wordprocessingml.document"},
		{".epub", single(epub), isBinary, "application/epub+zip"},
		{".xlsx", single(xlsx), isBinary, office + "spreadsheetml.sheet"},
		{".pptx", single(pptx), isBinary, office + "presentationml.presentation"},
		{".hwpx", single(hwpx), isBinary, "application/hwp+zip application/vnd.hancom.hwpx"},
		{".hwp", single(hwp), isBinary, "application/x-hwp application/vnd.hancom.hwp"},
		{".eml", single(eml), isText, "message/rfc822"},
		{".csv", single(csvTable), isText, "text/csv"}, {".tsv", single(tsvTable), isText, "text/tab-separated-values"},
		{".jsonl", jsonLines, isText, "application/jsonl application/x-ndjson application/x-jsonlines"},
	}
}

// What the bytes of a type are.
const (
	isText   = true
	isBinary = false
)

type fileType struct {
	extension    string
	load         loader
	text         bool   // the bytes are text; Sniff knows other types by their first bytes
	contentTypes string // of documents from the web, with spaces between
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

// extract turns the bytes of a file into what it says. What a packed file
// holds is read up to maxBytes. It stops when ctx ends, if it would take long.
type extract func(ctx context.Context, raw []byte, maxBytes int64) (content, error)

// single is the loader of files that are one document.
func single(of extract) loader {
	return func(ctx context.Context, f file, maxBytes int64, yield func(loaded) error) error {
		l := loaded{doc: retrieval.Document{Source: f.source}, bytes: f.bytes}
		l.doc.ID, l.content, l.err = document(ctx, f, maxBytes, of)
		l.doc.Title, l.doc.Text = l.content.title, l.content.text
		l.doc.Metadata = withModified(l.content.ownMetadata(), f.modified)
		return yield(l)
	}
}

func document(ctx context.Context, f file, maxBytes int64, of extract) (id string, c content, err error) {
	raw, err := f.read(maxBytes)
	if err != nil {
		return "", content{}, err
	}
	if c, err = of(ctx, raw, maxBytes); err != nil {
		return "", content{}, err
	}
	if strings.TrimSpace(c.text) == "" {
		return "", content{}, errEmpty
	}
	return hash(raw), c, nil
}

// withModified adds when a file was last changed to the metadata of a
// document, unless it says so itself.
func withModified(metadata map[string]any, modified time.Time) map[string]any {
	if _, ok := metadata[retrieval.Modified]; ok || modified.IsZero() {
		return metadata
	}
	metadata = maps.Clone(metadata)
	if metadata == nil {
		metadata = map[string]any{}
	}
	metadata[retrieval.Modified] = modified.UTC().Format(time.RFC3339)
	return metadata
}

var errEmpty = errors.New("empty: it holds no text")

// hash is the id of a document with that content.
func hash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// plain extracts a text file. It has no title: what its first line is cannot
// be told.
func plain(_ context.Context, raw []byte, _ int64) (content, error) {
	text, warnings, err := decode(raw)
	return content{text: withoutPictures(text), warnings: warnings}, err
}

// normaliseNewlines makes \n of \r\n and of a lone \r.
func normaliseNewlines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// maxName is how long a title or a heading is at most, in runes. Every passage
// below it carries it, so that a long one makes a small file large.
const maxName = 300

// named is a title or a heading on one line.
func named(s string) string {
	s = collapse(s)
	if n := 0; len(s) > maxName {
		for at := range s {
			if n++; n > maxName {
				return strings.TrimSpace(s[:at]) + "…"
			}
		}
	}
	return s
}

// collapse makes one space of each run of white space, and none at the ends.
func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

// layOut says again what leads long parts, where these will be cut.
func (l *loaded) layOut(cfg Config) {
	if cfg.Split == SplitNone || len(l.content.leads) == 0 {
		return
	}
	l.content = l.content.withLeads(cfg.ChunkSize)
	l.doc.Text = l.content.text
	if hidden := withHidden(l.content.hidden); hidden != nil {
		l.doc.Metadata = maps.Clone(l.doc.Metadata)
		maps.Copy(l.doc.Metadata, hidden)
	}
}

// ownMetadata is what a file says of all of its document.
func (c content) ownMetadata() map[string]any {
	hidden := withHidden(c.hidden)
	if c.metadata == nil {
		return hidden
	}
	out := maps.Clone(c.metadata)
	maps.Copy(out, hidden)
	return out
}
