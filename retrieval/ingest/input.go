package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
)

// Input is a file that has no path, such as an upload.
type Input struct {
	Source    string    // source of its document
	Extension string    // extension of its type, as Sniff returns it
	Bytes     int64     // size
	Modified  time.Time // time of the last change; zero if unknown
	Open      func() (io.ReadCloser, error)
	// Fields and Force act on this input as Config.Fields and Config.Force act on a
	// whole run.
	Fields map[string]any
	Force  bool
}

// RunInputs ingests inputs in the way that Run ingests files. It reads no path.
func (in *Ingester) RunInputs(ctx context.Context, inputs []Input, progress func(Event)) (Report, error) {
	found := newFinding(in.cfg, nil)
	for _, i := range inputs {
		l := in.cfg.loaderFor(i.Extension)
		if l == nil {
			found.failed = append(found.failed, Failure{i.Source, in.cfg.unknownType(i.Extension)})
			continue
		}
		found.add(file{source: i.Source, bytes: i.Bytes, modified: i.Modified, loader: l, open: i.Open, fields: i.Fields, force: i.Force})
	}
	return in.runAll(ctx, found, progress)
}

// sniffed is the number of bytes at the beginning of a file that Sniff looks at.
const sniffed = 4096

// Sniff returns the type of a file by its content, as an extension such as ".pdf".
// The extension of the name chooses among the types of text, such as ".md" and
// ".csv". If the name claims a type that the content does not have, Sniff returns an
// error. Of a zip file it reads only the list of parts. For the types of
// Config.Readers it goes by the name alone.
func (c Config) Sniff(name string, content io.ReaderAt, size int64) (string, error) {
	head, err := beginning(content, size)
	if err != nil {
		return "", err
	}
	claimed := strings.ToLower(filepath.Ext(name))
	if _, own := c.Readers[claimed]; own {
		return claimed, nil
	}
	var kinds []string
	switch {
	case bytes.HasPrefix(bytes.TrimLeft(head, "\r\n\t "), []byte("%PDF-")):
		kinds = []string{".pdf"}
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		kind, err := packedType(content, size)
		if err != nil {
			return "", err
		}
		kinds = []string{kind}
	case bytes.HasPrefix(head, []byte(archive.CompoundMagic)): // HWP, or an encrypted file of Office, which its reader will refuse
		kinds = []string{".hwp", ".docx", ".xlsx", ".pptx"}
	case looksLikeText(head):
		kinds = []string{".txt"}
		if markup := strings.HasPrefix(http.DetectContentType(head), "text/html"); markup {
			kinds = []string{".html"}
		}
		for _, t := range fileTypes() {
			if t.text {
				kinds = append(kinds, t.extension)
			}
		}
	default:
		return "", retrieval.Because(retrieval.CauseUnknownType, "it is neither text nor PDF, EPUB or a document of Office or Hangul")
	}
	switch {
	case slices.Contains(kinds, claimed):
		return claimed, nil
	case c.loaderFor(name) != nil:
		return "", retrieval.Because(retrieval.CauseDamaged, fmt.Sprintf("its name says %s but its content is not", claimed))
	}
	return kinds[0], nil
}

// beginning returns the first bytes of a file.
func beginning(file io.ReaderAt, size int64) ([]byte, error) {
	head := make([]byte, min(size, sniffed))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	if len(bytes.TrimSpace(head)) == 0 && size <= sniffed {
		return nil, content.ErrEmpty
	}
	return head, nil
}

// looksLikeText reports whether the first bytes of a file may be text in one of the
// encodings that are read: they have no byte that none of these encodings has.
func looksLikeText(head []byte) bool {
	if bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}) {
		return true // UTF-16
	}
	if bytes.Contains(head, []byte("\x1b$)C")) {
		return true // ISO-2022-KR
	}
	control := func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b", r) }
	if utf8.Valid(head) {
		return !bytes.ContainsFunc(head, control)
	}
	return !bytes.ContainsAny(head, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f")
}

// packedType returns the extension for a zip file, or an error if it is no document.
// It goes by the names of the parts and unpacks none.
func packedType(file io.ReaderAt, size int64) (string, error) {
	packed, err := zip.NewReader(file, size)
	if err != nil {
		return "", retrieval.Because(retrieval.CauseDamaged, "it is a damaged archive")
	}
	isHangul, hasContainer := false, false
	for _, f := range packed.File {
		folder, rest, _ := strings.Cut(f.Name, "/")
		switch folder {
		case "word":
			return ".docx", nil
		case "xl":
			return ".xlsx", nil
		case "ppt":
			return ".pptx", nil
		}
		isHangul = isHangul || strings.HasSuffix(f.Name, ".hpf")
		hasContainer = hasContainer || folder == "META-INF" && rest == "container.xml"
	}
	switch {
	case isHangul:
		return ".hwpx", nil
	case hasContainer:
		return ".epub", nil
	}
	return "", retrieval.Because(retrieval.CauseArchive, "it is an archive: send the files in it")
}
