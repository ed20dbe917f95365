package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"selfrag/internal/atomicfile"
)

// State is what is remembered of the files of a source from one Sync to the next.
// Its zero value remembers nothing. It holds names, versions and reasons, and no
// credentials.
//
// It only saves work. Without it, all files are read again, and what has not changed
// stays as it is.
type State struct {
	// Of is a text that changes if all files must be read again: the place, the
	// collection and the rules by which files become passages.
	Of    string            `json:"of"`
	Files map[string]Memory `json:"files"`
}

// Memory is what is remembered of one file.
type Memory struct {
	Version string `json:"version"`
	Failed  string `json:"failed,omitempty"`  // why the file could not be read
	Skipped bool   `json:"skipped,omitempty"` // it is no document
}

// LoadState returns the state that was saved in a file. If there is no such file, if
// it is damaged, or if it is not about the same, the state is empty.
func LoadState(path, of string) (*State, error) {
	empty := &State{Of: of, Files: map[string]Memory{}}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return empty, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the state of a source: %w", err)
	}
	s := &State{}
	if err := json.Unmarshal(content, s); err != nil || s.Of != of || s.Files == nil {
		return empty, nil //nolint:nilerr // the next Sync makes the state anew
	}
	return s, nil
}

// Save writes the state to a file, whose folder is made if there is none.
func (s *State) Save(path string) error {
	content, err := json.Marshal(s)
	if err == nil {
		err = atomicfile.Write(path, content)
	}
	if err != nil {
		return fmt.Errorf("save the state of a source: %w", err)
	}
	return nil
}

// version implements Known. A file whose document is not in the collection counts as
// unknown.
func (s *State) version(stored storedSources) Known {
	return func(name string) string {
		m, ok := s.Files[name]
		if !ok || m.Failed == "" && !m.Skipped && !stored.has(name) {
			return ""
		}
		return m.Version
	}
}
