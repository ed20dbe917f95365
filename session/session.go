// Package session keeps conversations in files, so that they can be continued
// later.
//
// Shape: a Store is a folder with one JSON file per session. Each file is
// replaced in one step, so that a crash leaves the old or the new content. A
// file that cannot be read, or that another program has changed meanwhile, is
// never overwritten.
package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"selfrag/agent"
	"selfrag/agent/conversation"
	"selfrag/internal/atomicfile"
)

// version is the version of the file format.
const version = 1

// Session is a conversation with its settings and all its turns.
type Session struct {
	Version    int                `json:"version"`
	Created    time.Time          `json:"created"`
	Updated    time.Time          `json:"updated"`
	Collection string             `json:"collection"`
	Strategy   string             `json:"strategy"`
	State      conversation.State `json:"state"` // the part that goes into prompts
	Turns      []Turn             `json:"turns"` // all turns
}

// Turn is a question with its answer, as the user saw them.
type Turn struct {
	Asked  time.Time    `json:"asked"`
	Answer agent.Answer `json:"answer"`
	Assignment
}

// Assignment is the part of a question in an experiment on a server. The zero
// value belongs to a question outside any experiment.
type Assignment struct {
	Experiment string `json:"experiment,omitempty"`
	Arm        string `json:"arm,omitempty"`
	// Unit stands for the unit that the arm was assigned to, without revealing
	// it: the kind of the unit and a digest of its id.
	Unit string `json:"unit,omitempty"`
}

// Info describes a session. Problem says why the session's file cannot be read;
// the fields other than Name are empty then.
type Info struct {
	Name       string    `json:"name"`
	Updated    time.Time `json:"updated"`
	Collection string    `json:"collection"`
	Questions  int       `json:"questions"`
	Problem    string    `json:"problem,omitempty"`
}

// NameError reports a name that a session cannot have.
type NameError struct{ Name string }

func (e *NameError) Error() string {
	return fmt.Sprintf("a session cannot be named %q: use up to 64 letters, digits, - and _ in at most 200 bytes, and a letter or digit first", e.Name)
}

// DamagedError reports a file that cannot be read as a session.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the session file %s is damaged: %v; it is left as it is: mend or move it, or use another session", e.Path, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// ErrChanged reports that a session's file has changed since it was last read
// or written.
var ErrChanged = errors.New("another program has changed the session meanwhile")

// Store is a folder of sessions.
type Store struct{ dir string }

// In returns the store of a folder. The folder is created when the first
// session is saved.
func In(dir string) *Store { return &Store{dir} }

// names is also safe for file systems: it allows no dots, no separators, and no
// characters that a file system may fold, except by case.
var names = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]{0,63}$`)

// Check returns a *NameError if a session cannot have the name.
func Check(name string) error {
	if len(name) > maxNameBytes || !names.MatchString(name) || reserved[strings.ToLower(name)] {
		return &NameError{name}
	}
	return nil
}

// maxNameBytes leaves room for the extension and a number within the 255 bytes
// that file systems allow.
const maxNameBytes = 200

// reserved holds names of devices. Windows opens the device instead of a file.
var reserved = map[string]bool{"con": true, "prn": true, "aux": true, "nul": true,
	"com1": true, "com2": true, "com3": true, "com4": true, "lpt1": true, "lpt2": true, "lpt3": true}

// File is a session in a store.
type File struct {
	Name string
	path string
	last []byte // content as last read or written; nil for a new one
}

// Open reads a session. If there is none of that name, Open returns a new empty
// one and fresh is true. The error is a *DamagedError if the file cannot be
// read as a session.
func (s *Store) Open(name string) (f *File, kept Session, fresh bool, err error) {
	if err := Check(name); err != nil {
		return nil, Session{}, false, err
	}
	f = &File{Name: name, path: s.path(name)}
	f.last, err = os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, Session{}, true, nil
	}
	if err != nil {
		return nil, Session{}, false, fmt.Errorf("read a session: %w", pathless(err))
	}
	if kept, err = decode(f.path, f.last); err != nil {
		return nil, Session{}, false, err
	}
	return f, kept, false, nil
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, name+".json") }

func decode(path string, content []byte) (Session, error) {
	var kept Session
	if err := json.Unmarshal(content, &kept); err != nil {
		return Session{}, &DamagedError{path, err}
	}
	if kept.Version != version {
		return Session{}, &DamagedError{path, fmt.Errorf("its version is %d, and this program reads %d", kept.Version, version)}
	}
	return kept, nil
}

// Save writes the session. It returns ErrChanged and writes nothing if the file
// has changed since this File last read or wrote it.
func (f *File) Save(kept Session, now time.Time) error {
	kept.Version = version
	kept.Updated = now
	if kept.Created.IsZero() {
		kept.Created = now
	}
	content, err := json.MarshalIndent(kept, "", " ")
	if err != nil {
		return fmt.Errorf("save the session: %w", pathless(err))
	}
	there, err := os.ReadFile(f.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("save the session: %w", pathless(err))
	}
	if !bytes.Equal(there, f.last) {
		return fmt.Errorf("save the session: %w", ErrChanged)
	}
	if err := atomicfile.Write(f.path, content); err != nil {
		return fmt.Errorf("save the session: %w", pathless(err))
	}
	f.last = content
	return nil
}

// pathless removes the path from a file error. The path contains the session's
// name, which may reveal a question, and errors are logged.
func pathless(err error) error {
	var file *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &link):
		return fmt.Errorf("%s: %w", link.Op, link.Err)
	case errors.As(err, &file):
		return fmt.Errorf("%s: %w", file.Op, file.Err)
	}
	return err
}

// List describes all sessions, ordered by name, including those that cannot be
// read.
func (s *Store) List() ([]Info, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the sessions: %w", err)
	}
	out := []Info{}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || Check(name) != nil {
			continue
		}
		info := Info{Name: name}
		if _, kept, _, err := s.Open(name); err != nil {
			info.Problem = err.Error()
		} else {
			info.Updated, info.Collection, info.Questions = kept.Updated, kept.Collection, len(kept.Turns)
		}
		out = append(out, info)
	}
	return out, nil
}

// Delete removes a session, even a damaged one.
func (s *Store) Delete(name string) error {
	if err := Check(name); err != nil {
		return err
	}
	err := os.Remove(s.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no session %q", name)
	}
	if err != nil {
		return fmt.Errorf("delete a session: %w", pathless(err))
	}
	return nil
}
