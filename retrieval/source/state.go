package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"selfrag/internal/atomicfile"
	"selfrag/retrieval"
)

// State remembers the files of a source from one Sync to the next. It holds their
// names, versions and failures, and no credentials. Its zero value remembers nothing.
//
// A State only saves work. Without it, Sync reads all files again, and documents that
// have not changed stay as they are.
type State struct {
	// Of changes if all files must be read again. It names the place, the collection
	// and the rules by which files become passages.
	Of    string            `json:"of"`
	Files map[string]Memory `json:"files"`
}

// Memory is the part of a State about one file.
type Memory struct {
	Version string          `json:"version"`
	Failed  string          `json:"failed,omitempty"`  // why the file could not be read
	Cause   retrieval.Cause `json:"cause,omitempty"`   // the cause that Failed states, if any
	Skipped bool            `json:"skipped,omitempty"` // the file is not a document
}

// LoadState returns the state that was saved in a file. The state is empty if the file
// does not exist, is damaged, or was saved with another value of Of.
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

// Save writes the state to a file. It creates the folder of the file if there is none.
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

// version returns the Known of a Sync. A file whose document is not in the collection
// counts as unknown.
func (s *State) version(stored storedSources) Known {
	return func(name string) string {
		m, ok := s.Files[name]
		if !ok || m.Failed == "" && !m.Skipped && !stored.has(name) {
			return ""
		}
		return m.Version
	}
}
