package ingest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/text/unicode/norm"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
)

// Originals keeps the files of documents that were uploaded, so that their pages can be
// shown later. It is a folder, with a folder for each collection and a file for each
// source; their names are hashes. Who removes or renames a document or a collection must
// do the same here. A file that is missing costs the pages of its document, nothing
// else.
type Originals struct{ dir string }

// OriginalsIn returns the originals in a folder, which need not exist.
func OriginalsIn(dir string) Originals { return Originals{dir} }

func (o Originals) folder(collection string) string {
	return filepath.Join(o.dir, fmt.Sprintf("%x", sha256.Sum256([]byte(collection))))
}

func (o Originals) file(collection, source string) string {
	return filepath.Join(o.folder(collection), fmt.Sprintf("%x", sha256.Sum256([]byte(norm.NFC.String(source)))))
}

// Keep keeps a copy of the file at path as that of a source. It replaces an earlier one.
func (o Originals) Keep(collection, source, path string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("keep the file of %s: %w", source, err)
		}
	}()
	if err := os.MkdirAll(o.folder(collection), 0o700); err != nil {
		return err
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	kept := o.file(collection, source)
	to, err := os.CreateTemp(filepath.Dir(kept), ".new-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err == nil {
		err = os.Rename(to.Name(), kept)
	}
	if err != nil {
		return errors.Join(err, os.Remove(to.Name()))
	}
	return nil
}

// Read returns the file of a document, which may have at most maxBytes. The errors are
// those of Original.
func (o Originals) Read(collection string, doc retrieval.Document, maxBytes int64) ([]byte, error) {
	raw, err := readFile(o.file(collection, doc.Source), maxBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNoOriginal
	case err != nil:
		return nil, fmt.Errorf("read the file of a document: %w", err)
	case content.ID(raw) != doc.ID:
		return nil, ErrChanged
	}
	return raw, nil
}

// Remove removes the file of a source, if there is one.
func (o Originals) Remove(collection, source string) error {
	if err := os.Remove(o.file(collection, source)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the file of %s: %w", source, err)
	}
	return nil
}

// Rename gives the file of a source to another source.
func (o Originals) Rename(collection, from, to string) error {
	if err := os.Rename(o.file(collection, from), o.file(collection, to)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("rename the file of %s: %w", from, err)
	}
	return nil
}

// RemoveCollection removes the files of a collection.
func (o Originals) RemoveCollection(collection string) error {
	if err := os.RemoveAll(o.folder(collection)); err != nil {
		return fmt.Errorf("remove the files of the collection %s: %w", collection, err)
	}
	return nil
}

// RenameCollection gives the files of a collection to another one, in place of its own.
func (o Originals) RenameCollection(from, to string) error {
	if from == to {
		return nil
	}
	err := os.RemoveAll(o.folder(to))
	if err == nil {
		err = os.Rename(o.folder(from), o.folder(to))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("rename the files of the collection %s: %w", from, err)
	}
	return nil
}
