package replay

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Recording thousands of answers takes an hour on a laptop, and a test that
// runs out of time is killed before Close. The journal beside the file holds
// the answers so far; mode Missing continues from it.
func (t *Transport) journalPath() string { return t.path + ".part" }

func (t *Transport) openJournal() error {
	if t.mode == Missing {
		if err := t.readJournal(); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(t.path), 0o755); err != nil {
		return fmt.Errorf("replay: making the folder of %s: %w", t.path, err)
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if t.mode == Record {
		flags |= os.O_TRUNC
	}
	journal, err := os.OpenFile(t.journalPath(), flags, 0o644)
	if err != nil {
		return fmt.Errorf("replay: opening the journal: %w", err)
	}
	t.journal = journal
	return nil
}

// readJournal reads the complete lines of a journal and cuts off an unfinished
// last line.
func (t *Transport) readJournal() error {
	data, err := os.ReadFile(t.journalPath())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("replay: reading the journal: %w", err)
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	if err := readLines(bytes.NewReader(whole), t.known); err != nil {
		return fmt.Errorf("replay: reading the journal %s: %w", t.journalPath(), err)
	}
	if err := os.Truncate(t.journalPath(), int64(len(whole))); err != nil {
		return fmt.Errorf("replay: repairing the journal: %w", err)
	}
	return nil
}

func (t *Transport) closeJournal() error {
	err := errors.Join(t.journal.Close(), os.Remove(t.journalPath()))
	if err != nil {
		return fmt.Errorf("replay: removing the journal: %w", err)
	}
	return nil
}
