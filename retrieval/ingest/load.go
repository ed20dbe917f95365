package ingest

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/hangul"
	"selfrag/retrieval/ingest/mail"
	"selfrag/retrieval/ingest/office"
	"selfrag/retrieval/ingest/plain"
	"selfrag/retrieval/ingest/web"
)

// loaded is a document that was read from a file. If err is not nil, it could not be
// read, and only its source is set.
type loaded struct {
	doc     retrieval.Document
	content content.Content
	err     error
	bytes   int64  // number of bytes of the file that this document took
	by      string // version of the caller's reader that read it; empty for the readers of this package
}

// loader reads the documents of a file and calls yield with each, including those
// that failed. It returns the error that yield returned.
type loader func(ctx context.Context, f file, maxBytes int64, yield func(loaded) error) error

// fileTypes returns the types of files that can be read.
func fileTypes() []fileType {
	const ooxml = "application/vnd.openxmlformats-officedocument."
	return []fileType{
		{".md", single(plain.Markdown), isText, "text/markdown"}, {".markdown", single(plain.Markdown), isText, ""},
		{".txt", single(plain.Text), isText, ""}, {".text", single(plain.Text), isText, ""},
		{".html", single(web.HTML), isText, "text/html application/xhtml+xml"}, {".htm", single(web.HTML), isText, ""},
		{".xhtml", single(web.XHTML), isText, ""},
		{".pdf", pdfFile, isBinary, "application/pdf"},
		{".docx", single(office.DOCX), isBinary, ooxml + "wordprocessingml.document"},
		{".epub", single(web.EPUB), isBinary, "application/epub+zip"},
		{".xlsx", single(office.XLSX), isBinary, ooxml + "spreadsheetml.sheet"},
		{".pptx", single(office.PPTX), isBinary, ooxml + "presentationml.presentation"},
		{".hwpx", single(hangul.HWPX), isBinary, "application/hwp+zip application/vnd.hancom.hwpx"},
		{".hwp", single(hangul.HWP), isBinary, "application/x-hwp application/vnd.hancom.hwp"},
		{".eml", single(mail.EML), isText, "message/rfc822"},
		{".csv", single(plain.CSV), isText, "text/csv"}, {".tsv", single(plain.TSV), isText, "text/tab-separated-values"},
		{".jsonl", linesFile, isText, "application/jsonl application/x-ndjson application/x-jsonlines"},
	}
}

// Values of fileType.text.
const (
	isText   = true
	isBinary = false
)

type fileType struct {
	extension    string
	load         loader
	text         bool   // the file is text; Sniff recognises other types by their first bytes
	contentTypes string // content types of HTTP responses, separated by spaces
}

// loaderFor returns the loader for the extension of a path, or nil if its type is
// unknown.
func (c Config) loaderFor(path string) loader {
	extension := strings.ToLower(filepath.Ext(path))
	for _, t := range fileTypes() {
		if t.extension == extension {
			return t.load
		}
	}
	if own, ok := c.Readers[extension]; ok {
		return readBy(own)
	}
	return nil
}

// readBy returns the loader for files that are read by a reader of the caller.
func readBy(own FileReader) loader {
	load := single(own.Read)
	return func(ctx context.Context, f file, maxBytes int64, yield func(loaded) error) error {
		return load(ctx, f, maxBytes, func(l loaded) error {
			l.by = own.Version
			return yield(l)
		})
	}
}

// Reads reports whether files of this name are of a type that can be read.
func (c Config) Reads(name string) bool { return c.loaderFor(name) != nil }

// extensions returns the extensions of all types that can be read.
func (c Config) extensions() []string {
	var all []string
	for _, t := range fileTypes() {
		all = append(all, t.extension)
	}
	return append(all, slices.Sorted(maps.Keys(c.Readers))...)
}

// single returns the loader for files that are one document each, read by of.
func single(of content.Reader) loader {
	return func(ctx context.Context, f file, maxBytes int64, yield func(loaded) error) error {
		l := loaded{doc: retrieval.Document{Source: f.source}, bytes: f.bytes}
		l.doc.ID, l.content, l.err = document(ctx, f, maxBytes, of)
		l.doc.Title, l.doc.Text = l.content.Title, l.content.Text
		l.doc.Metadata = withModified(l.content.OwnMetadata(), f.modified)
		return yield(l)
	}
}

func document(ctx context.Context, f file, maxBytes int64, of content.Reader) (id string, c content.Content, err error) {
	raw, err := f.read(maxBytes)
	if err != nil {
		return "", content.Content{}, err
	}
	id = content.ID(raw) // before the file is read, so that its bytes need not be kept until its text is there
	if c, err = of(ctx, raw, maxBytes); err != nil {
		return "", content.Content{}, err
	}
	if strings.TrimSpace(c.Text) == "" {
		return "", content.Content{}, content.ErrEmpty
	}
	return id, c, nil
}

// linesFile is the loader for JSONL files, each line of which is a document.
func linesFile(_ context.Context, f file, maxBytes int64, yield func(loaded) error) error {
	in, err := f.openFile()
	if err != nil {
		return yield(loaded{doc: retrieval.Document{Source: f.source}, err: err, bytes: f.bytes})
	}
	defer in.Close()
	return plain.JSONL(in, f.source, maxBytes, func(line plain.Line) error {
		l := loaded{doc: line.Document, err: reason(line.Err), bytes: line.Bytes}
		l.content = content.Content{Title: l.doc.Title, Text: l.doc.Text, Warnings: line.Warnings}
		if l.err == nil {
			l.doc.Metadata = withModified(l.doc.Metadata, f.modified)
		}
		return yield(l)
	})
}

// withModified returns the metadata of a document with the time of the file's last
// change added, unless the metadata has a time already.
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

// layOut repeats the headers of long tables, and other leads, in the text wherever
// it will be cut. See content.WithLeads.
func (l *loaded) layOut(cfg Config) {
	if cfg.Split == SplitNone || len(l.content.Leads) == 0 {
		return
	}
	l.content = l.content.WithLeads(cfg.ChunkSize)
	l.doc.Text = l.content.Text
	if hidden := content.HiddenMetadata(l.content.Hidden); hidden != nil {
		l.doc.Metadata = maps.Clone(l.doc.Metadata)
		maps.Copy(l.doc.Metadata, hidden)
	}
}
