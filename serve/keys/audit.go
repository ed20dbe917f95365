package keys

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"selfrag/serve/httpapi"
)

// Log is a file of JSON lines that only its owner reads: the audit log, and
// feedback. It is safe for concurrent use.
type Log struct {
	mu   sync.Mutex
	file *os.File
}

var _ httpapi.Auditor = (*Log)(nil)

// OpenLog opens the file, or makes it. Lines are added at its end.
func OpenLog(path string) (*Log, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return &Log{file: f}, nil
}

// Record implements httpapi.Auditor.
func (l *Log) Record(a httpapi.Access) error { return l.Add(a) }

// Add adds a line.
func (l *Log) Add(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write to %s: %w", l.file.Name(), err)
	}
	return nil
}

// Close closes the file.
func (l *Log) Close() error { return l.file.Close() }
