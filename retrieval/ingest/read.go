package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"selfrag/retrieval/ingest/content"
)

var errNotRegular = errors.New("not a regular file")

// open opens a regular file. It never blocks, as opening a named pipe could until
// somebody writes to the pipe.
func open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, reason(err)
	}
	if !info.Mode().IsRegular() { // checked before opening, because opening a device can have effects
		return nil, errNotRegular
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, reason(err)
	}
	// Check again, because the file may have been replaced in the meantime.
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		return nil, errors.Join(reason(err), f.Close())
	}
	return f, nil
}

// openFile opens the file for reading, at its path or by its own open function.
func (f file) openFile() (io.ReadCloser, error) {
	switch {
	case f.open != nil:
		return f.open()
	case f.root != "":
		return openBelow(f.root, f.path)
	}
	return open(f.path)
}

// openBelow opens a regular file below a folder. It returns an error if a symbolic
// link, which may have replaced the file or a folder since they were listed, leads
// out of the folder. Like open, it never blocks.
func openBelow(dir, path string) (io.ReadCloser, error) {
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, reason(err)
	}
	defer root.Close() // the open file does not need it
	info, err := root.Stat(rel)
	if err != nil {
		return nil, reason(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	in, err := root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, reason(err)
	}
	if info, err = in.Stat(); err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		return nil, errors.Join(reason(err), in.Close())
	}
	return in, nil
}

// read returns the content of a file, which may have at most maxBytes.
func (f file) read(maxBytes int64) ([]byte, error) {
	in, err := f.openFile()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return readAll(in, f.bytes, maxBytes)
}

// readFile returns the content of the regular file at a path, which may have at most
// maxBytes.
func readFile(path string, maxBytes int64) ([]byte, error) {
	return file{path: path}.read(maxBytes)
}

// readAll reads all of in, which may have at most maxBytes. expected is the likely
// number of bytes.
func readAll(in io.Reader, expected, maxBytes int64) ([]byte, error) {
	if expected > maxBytes {
		return nil, content.TooLarge(maxBytes)
	}
	raw := bytes.NewBuffer(make([]byte, 0, max(expected, 0)+bytes.MinRead))
	if _, err := raw.ReadFrom(io.LimitReader(in, maxBytes+1)); err != nil {
		return nil, reason(err)
	}
	if int64(raw.Len()) > maxBytes {
		return nil, content.TooLarge(maxBytes)
	}
	return raw.Bytes(), nil
}
