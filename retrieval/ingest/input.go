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

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
)

// Input is a file that came otherwise than by a path, such as an upload.
type Input struct {
	Source    string // of its document
	Extension string // that tells its type, as Sniff gives it
	Bytes     int64
	Modified  time.Time // zero if that is not known
	Open      func() (io.ReadCloser, error)
}

// RunInputs ingests inputs as Run does files. No path is read.
func (in *Ingester) RunInputs(ctx context.Context, inputs []Input, progress func(Event)) (Report, error) {
	found := &finding{seen: map[string]bool{}}
	for _, i := range inputs {
		l := loaderFor(i.Extension)
		if l == nil {
			found.failed = append(found.failed, Failure{i.Source, unknownType(i.Extension)})
			continue
		}
		found.add(file{source: i.Source, bytes: i.Bytes, modified: i.Modified, loader: l, open: i.Open})
	}
	return in.runAll(ctx, found, progress)
}

// sniffed is how much of a content tells its type.
const sniffed = 4096

// Sniff tells the type of a file by its content, as the extension that stands
// for it. The extension of the name chooses among types of text; where it
// claims a type that the content is not, the file is refused. Of packed files
// only the list of parts is read.
func Sniff(name string, content io.ReaderAt, size int64) (string, error) {
	head, err := beginning(content, size)
	if err != nil {
		return "", err
	}
	claimed := strings.ToLower(filepath.Ext(name))
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
	case bytes.HasPrefix(head, []byte(archive.CompoundMagic)): // Office's is encrypted, which its reader says
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
		return "", errors.New("it is neither text nor PDF, EPUB or a document of Office or Hangul")
	}
	switch {
	case slices.Contains(kinds, claimed):
		return claimed, nil
	case loaderFor(name) != nil:
		return "", fmt.Errorf("its name says %s but its content is not", claimed)
	}
	return kinds[0], nil
}

// beginning returns the bytes that tell the type of a file.
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

// looksLikeText tells whether a beginning may be text in one of the encodings
// that are read: without the bytes that none of them has.
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

// packedType tells documents from other archives by their parts, which are not
// unpacked.
func packedType(file io.ReaderAt, size int64) (string, error) {
	packed, err := zip.NewReader(file, size)
	if err != nil {
		return "", errors.New("it is a damaged archive")
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
	return "", errors.New("it is an archive: send the files in it")
}
