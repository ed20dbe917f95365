package models

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"selfrag/internal/download"
)

// Config configures where models are kept and where they come from.
type Config struct {
	Dir      string // holds a folder for each model; required
	Endpoint string // https://huggingface.co, or a mirror of it
	Token    string // for repositories that require one; sent only to Endpoint
	// Transport carries the requests; nil means the default.
	Transport http.RoundTripper
	// Patience is how long a download may receive nothing before it counts as
	// interrupted (1 minute).
	Patience time.Duration
}

// Store keeps models in folders.
type Store struct {
	cfg    Config
	client *http.Client
}

// NewStore returns a store. It touches no files.
func NewStore(cfg Config) *Store {
	cfg.Endpoint = cmp.Or(cfg.Endpoint, "https://huggingface.co")
	cfg.Patience = cmp.Or(cfg.Patience, time.Minute)
	return &Store{cfg, &http.Client{Transport: cfg.Transport}}
}

// Dir returns the folder of a model.
func (s *Store) Dir(name string) string { return filepath.Join(s.cfg.Dir, name) }

// recordFile is the file in a model's folder that describes the files as they
// came.
const recordFile = "selfrag-model.json"

// record is the content of recordFile.
type record struct {
	Name  string                `json:"name"`
	From  string                `json:"from"` // address of a repository, or a folder
	Files map[string]fileRecord `json:"files"`
}

type fileRecord struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// ErrNotThere is wrapped by errors about a model that has not been downloaded.
var ErrNotThere = errors.New("it is not there")

// Has reports whether a model was downloaded or imported completely.
func (s *Store) Has(name string) bool {
	_, err := os.Stat(filepath.Join(s.Dir(name), recordFile))
	return err == nil
}

// Verify compares the files of a model with their recorded hashes. The error
// names the first file that is missing or differs.
func (s *Store) Verify(ctx context.Context, name string) error {
	r, err := s.read(name)
	if err != nil {
		return fmt.Errorf("verify %s: %w", name, err)
	}
	for file, want := range r.Files {
		got, err := sum(ctx, filepath.Join(s.Dir(name), filepath.FromSlash(file)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("verify %s: %s is missing: pull the model again", name, file)
		case err != nil:
			return fmt.Errorf("verify %s: %w", name, err)
		case got != want:
			return fmt.Errorf("verify %s: %s has changed: %d bytes with SHA-256 %s instead of %d with %s: pull the model again",
				name, file, got.Size, got.SHA256, want.Size, want.SHA256)
		}
	}
	return nil
}

// Make creates or replaces the folder of a model and records its files. fill writes
// the files into dir; origin says where they came from. An old folder stays until
// the new one is complete.
func (s *Store) Make(ctx context.Context, name, origin string, fill func(dir string) error) error {
	err := s.replace(name, func(dir string) (record, error) {
		r := record{From: origin, Files: map[string]fileRecord{}}
		if err := fill(dir); err != nil {
			return r, err
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			return r, err
		}
		for _, e := range entries {
			if r.Files[e.Name()], err = sum(ctx, filepath.Join(dir, e.Name())); err != nil {
				return r, err
			}
		}
		return r, nil
	})
	if err != nil {
		return fmt.Errorf("make %s from %s: %w", name, origin, err)
	}
	return nil
}

func (s *Store) read(name string) (record, error) { return readRecord(s.Dir(name)) }

// writeRecord writes the record last, so a folder with a record is complete.
func writeRecord(dir string, r record) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(filepath.Join(dir, recordFile), func(w io.Writer) error {
		_, err := w.Write(append(raw, '\n'))
		return err
	})
}

// writeWhole writes a file that receives its name when it is complete.
func writeWhole(path string, write func(io.Writer) error) error {
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".part"))
	}
	return os.Rename(path+".part", path)
}

// sum returns the size and SHA-256 of a file.
func sum(ctx context.Context, path string) (fileRecord, error) {
	size, hash, err := download.Sum(ctx, path)
	return fileRecord{size, hash}, err
}
