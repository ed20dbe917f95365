package ingest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
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

// readFile reads a whole regular file of at most maxBytes.
func readFile(path string, maxBytes int64) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, reason(err)
	}
	if int64(len(raw)) > maxBytes {
		return nil, tooLarge(maxBytes)
	}
	return raw, nil
}

func tooLarge(maxBytes int64) error {
	return fmt.Errorf("larger than %d bytes, the most that is read: split it, or raise the limit", maxBytes)
}
