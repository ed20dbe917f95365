package models

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
)

// Config says where models are kept and where they come from.
type Config struct {
	Dir      string // a folder for each model; required
	Endpoint string // https://huggingface.co, or a mirror of it
	Token    string // for repositories that ask for one; sent to Endpoint only
	// Transport carries the requests; nil: the default.
	Transport http.RoundTripper
}

// Store keeps models in folders.
type Store struct {
	cfg    Config
	client *http.Client
}

// NewStore returns a store. It touches nothing yet.
func NewStore(cfg Config) *Store {
	cfg.Endpoint = cmp.Or(cfg.Endpoint, "https://huggingface.co")
	return &Store{cfg, &http.Client{Transport: cfg.Transport}}
}

// Dir is the folder of a model.
func (s *Store) Dir(name string) string { return filepath.Join(s.cfg.Dir, name) }

// recordFile says, in a model's folder, what the files were when they came.
const recordFile = "selfrag-model.json"

// record is its content.
type record struct {
	Name  string                `json:"name"`
	From  string                `json:"from"` // a repository's address or a folder
	Files map[string]fileRecord `json:"files"`
}

type fileRecord struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// ErrNotThere is wrapped by errors about a model that has not been fetched.
var ErrNotThere = errors.New("it is not there")

// Has tells whether a model was fetched or imported whole.
func (s *Store) Has(name string) bool {
	_, err := os.Stat(filepath.Join(s.Dir(name), recordFile))
	return err == nil
}

// Verify compares a model's files with what they were when they came. The
// error names the first that is missing or differs.
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
			return fmt.Errorf("verify %s: %s is not what it was: %d bytes with SHA-256 %s instead of %d with %s: pull the model again",
				name, file, got.Size, got.SHA256, want.Size, want.SHA256)
		}
	}
	return nil
}

func (s *Store) read(name string) (record, error) {
	var r record
	raw, err := os.ReadFile(filepath.Join(s.Dir(name), recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r, ErrNotThere
	}
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, fmt.Errorf("read %s: %w", recordFile, err)
	}
	return r, nil
}

// write puts the record last, so that a folder with one is whole.
func (s *Store) write(r record) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(s.Dir(r.Name), recordFile)
	if err := os.WriteFile(path+".part", append(raw, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// Import copies a model from a folder, such as one that was exported or
// carried over from another machine. Files beside those that a model needs are
// left out. The folder must hold a .onnx file or model.safetensors, tokenizer.json and
// config.json.
func (s *Store) Import(ctx context.Context, name, from string) error {
	if err := s.importFrom(ctx, name, from); err != nil {
		return fmt.Errorf("import %s from %s: %w", name, from, err)
	}
	return nil
}

func (s *Store) importFrom(ctx context.Context, name, from string) error {
	if name == "" || name != filepath.Base(name) || name[0] == '.' {
		return fmt.Errorf("%q is no name for a model", name)
	}
	files, err := modelFiles(from)
	if err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(s.Dir(name), recordFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	r := record{Name: name, From: from, Files: map[string]fileRecord{}}
	for _, file := range files {
		to := filepath.Join(s.Dir(name), filepath.FromSlash(file))
		if err := copyFile(ctx, filepath.Join(from, filepath.FromSlash(file)), to); err != nil {
			return err
		}
		if r.Files[file], err = sum(ctx, to); err != nil {
			return err
		}
	}
	return s.write(r)
}

// modelFiles lists what a folder has of a model.
func modelFiles(dir string) ([]string, error) {
	const weights = ".onnx file or model.safetensors"
	var files []string
	has := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch ext := filepath.Ext(path); {
		case !d.Type().IsRegular():
			return nil
		case ext == ".onnx" || ext == ".onnx_data" || ext == ".safetensors":
			has[weights] = has[weights] || ext != ".onnx_data"
		case ext == ".json" || d.Name() == "artifact.metadata":
			has[d.Name()] = true
		default:
			return nil
		}
		relative, err := filepath.Rel(dir, path)
		files = append(files, filepath.ToSlash(relative))
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, needed := range []string{weights, "tokenizer.json", "config.json"} {
		if !has[needed] {
			return nil, fmt.Errorf("it holds no %s: download the model's files there first, such as with `hf download REPOSITORY --local-dir FOLDER`", needed)
		}
	}
	return files, nil
}

func copyFile(ctx context.Context, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	out, err := os.Create(to + ".part")
	if err != nil {
		return err
	}
	_, err = io.Copy(out, reading(ctx, in))
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	return os.Rename(to+".part", to)
}

// sum reads a file's size and SHA-256.
func sum(ctx context.Context, path string) (fileRecord, error) {
	f, err := os.Open(path)
	if err != nil {
		return fileRecord{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, reading(ctx, f))
	return fileRecord{n, hex.EncodeToString(h.Sum(nil))}, err
}

// reading ends with the context: the files are gigabytes.
func reading(ctx context.Context, r io.Reader) io.Reader { return reader{ctx, r} }

type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
