package ingest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"syscall"

	"selfrag/retrieval/ingest/content"
)

var errNotRegular = errors.New("not a regular file")

// open opens a regular file. It never waits: opening a named pipe for reading
// would otherwise block until somebody writes to it.
func open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, reason(err)
	}
	if !info.Mode().IsRegular() { // even opening some devices has effects
		return nil, errNotRegular
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, reason(err)
	}
	// It may have been replaced since.
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		return nil, errors.Join(reason(err), f.Close())
	}
	return f, nil
}

// openFile opens what a file is read from.
func (f file) openFile() (io.ReadCloser, error) {
	if f.open != nil {
		return f.open()
	}
	return open(f.path)
}

// read returns all of a file of at most maxBytes.
func (f file) read(maxBytes int64) ([]byte, error) {
	in, err := f.openFile()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return readAll(in, f.bytes, maxBytes)
}

// readFile reads a whole regular file of at most maxBytes.
func readFile(path string, maxBytes int64) ([]byte, error) {
	return file{path: path}.read(maxBytes)
}

// readAll reads at most maxBytes; expected is how many there may be.
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
