// Package session keeps conversations in files, so that they can be continued
// later.
//
// Shape: a Store is a folder with one JSON file per session. A file is replaced
// atomically, so that a crash leaves the old or the new one. A file that cannot
// be read, or that another program has changed, is never overwritten.
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
	"unicode/utf8"

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
	State      conversation.State `json:"state"` // what prompts contain of it
	Turns      []Turn             `json:"turns"` // all that was said
}

// Turn is a question with its answer, as they were shown.
type Turn struct {
	Asked  time.Time    `json:"asked"`
	Answer agent.Answer `json:"answer"`
	Assignment
}

// Assignment is the assignment of a question to an arm of an experiment on a
// server. The zero value means none.
type Assignment struct {
	Experiment string `json:"experiment,omitempty"`
	Arm        string `json:"arm,omitempty"`
	// Unit identifies the unit that the arm was assigned to without naming it:
	// its kind and a digest.
	Unit string `json:"unit,omitempty"`
}

// Info describes a session. If its file cannot be read, Problem says why and
// the other fields except Name are empty.
type Info struct {
	Name       string    `json:"name"`
	Title      string    `json:"title"` // the first question
	Updated    time.Time `json:"updated"`
	Collection string    `json:"collection"`
	Questions  int       `json:"questions"`
	Problem    string    `json:"problem,omitempty"`
}

// NameError says that a session cannot have such a name.
type NameError struct{ Name string }

func (e *NameError) Error() string {
	return fmt.Sprintf("a session cannot be named %q: use up to 64 letters, digits, - and _ in at most 200 bytes, and a letter or digit first", e.Name)
}

// DamagedError says that a file cannot be read as a session.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the session file %s is damaged: %v; it was not changed: repair or move it, or use another session", e.Path, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// ErrChanged says that a session's file has changed since it was last read or
// written.
var ErrChanged = errors.New("another program has changed the session meanwhile")

// Store is a folder of sessions.
type Store struct{ dir string }

// In returns the store of a folder. The folder is created when a session is
// saved.
func In(dir string) *Store { return &Store{dir} }

// names matches names that are safe on file systems: no dots, no separators,
// and no two names that a file system may treat as equal, except by case. Their
// length is checked apart, because 64 copies of these classes would take 2.5 MB and
// delay every start.
var names = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]*$`)

// maxNameRunes is the maximum length of a name.
const maxNameRunes = 64

// Check returns an error if a session cannot have a name.
func Check(name string) error {
	if len(name) > maxNameBytes || utf8.RuneCountInString(name) > maxNameRunes || !names.MatchString(name) || reserved[strings.ToLower(name)] {
		return &NameError{name}
	}
	return nil
}

// maxNameBytes leaves room for the extension and a number in the 255 bytes that
// file systems allow.
const maxNameBytes = 200

// reserved holds device names, which Windows opens in place of files.
var reserved = map[string]bool{"con": true, "prn": true, "aux": true, "nul": true,
	"com1": true, "com2": true, "com3": true, "com4": true, "lpt1": true, "lpt2": true, "lpt3": true}

// File is a stored session.
type File struct {
	Name string
	path string
	last []byte // as last read or written; nil for a new one
}

// Open reads a session. If it does not exist, it is new and empty, and fresh is
// true. If its file cannot be read as a session, the error is a *DamagedError.
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

// Save writes the session. If the file has changed since this File last read or
// wrote it, Save writes nothing and returns ErrChanged.
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

// pathless returns the error of a file operation without the path, which
// contains the session's name. A name may reveal what was asked, and errors are
// logged.
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

// List describes the sessions by name, including those that cannot be read.
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
			if len(kept.Turns) > 0 {
				info.Title = kept.Turns[0].Answer.Question
			}
		}
		out = append(out, info)
	}
	return out, nil
}

// RenameCollection changes the sessions about one collection into sessions about
// another. It skips damaged sessions. The error joins the errors of the sessions
// that could not be saved.
func (s *Store) RenameCollection(from, to string) error {
	infos, err := s.List()
	for _, info := range infos {
		if info.Problem != "" || info.Collection != from {
			continue
		}
		f, kept, _, openErr := s.Open(info.Name)
		if openErr == nil && kept.Collection == from {
			kept.Collection = to
			openErr = f.Save(kept, kept.Updated)
		}
		err = errors.Join(err, openErr)
	}
	return err
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
