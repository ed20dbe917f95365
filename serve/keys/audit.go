package keys

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"selfrag/serve/httpapi"
)

// Log is a file of JSON lines that only its owner can read. It holds the audit
// log or feedback. It is safe for concurrent use.
type Log struct {
	mu   sync.Mutex
	file *os.File
	torn bool // the last line is incomplete, because the disk was full or the machine stopped
}

var _ httpapi.Auditor = (*Log)(nil)

// OpenLog opens the file for appending. It creates the file if there is none.
func OpenLog(path string) (*Log, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	l := &Log{file: f}
	if l.torn, err = isTorn(path); err != nil {
		return nil, errors.Join(fmt.Errorf("open log: %w", err), f.Close())
	}
	return l, nil
}

func isTorn(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return false, err
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, size-1)
	return last[0] != '\n', err
}

// Record implements httpapi.Auditor.
func (l *Log) Record(a httpapi.Access) error { return l.Add(a) }

// Add appends a line.
func (l *Log) Add(v any) error { return l.add(v, false) }

// Keep appends a line and returns after it is on disk.
func (l *Log) Keep(v any) error { return l.add(v, true) }

func (l *Log) add(v any, sync bool) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.torn { // the incomplete line must not spoil the next one
		line = append([]byte{'\n'}, line...)
	}
	n, err := l.file.Write(line)
	if n > 0 {
		l.torn = n < len(line)
	}
	if err == nil && sync {
		err = l.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("write to %s: %w", l.file.Name(), err)
	}
	return nil
}

// Close closes the file.
func (l *Log) Close() error { return l.file.Close() }
