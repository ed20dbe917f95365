package onnx

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNotBuilt is returned by every constructor of a program that was built
// without the tag onnx.
var ErrNotBuilt error = buildError("built without tag onnx: build with `make build` (go build -tags onnx)")

// ErrNoTokenizers is returned by the constructors of a program that was built
// with the tag notokenizers, for a model whose tokenizer.json is not of the
// kind that package unigram reads.
var ErrNoTokenizers error = buildError("built with tag notokenizers, which has the tokenizer of multilingual-e5 alone; " +
	"cross-encoders, ColBERTs and embedders of BERT's kin need Hugging Face's: build with `make build` (go build -tags onnx)")

// buildError says that the program was built without a part.
type buildError string

func (e buildError) Error() string { return string(e) }

// Unreachable reports that the part cannot be used.
func (e buildError) Unreachable() bool { return true }

var errClosed = errors.New("the encoder is closed")

// MissingError says that a real part is not where it should be, and how to
// get it.
type MissingError struct {
	Part   string // such as "ONNX Runtime"
	Path   string // where it was looked for
	Remedy string // what to do, such as "run scripts/onnxruntime"
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s is missing (%s): %s", e.Part, e.Path, e.Remedy)
}

// Unreachable reports that the part cannot be used.
func (e *MissingError) Unreachable() bool { return true }

// requireFile returns a *MissingError when no file is at path, and an error
// when something else than a readable file is.
func requireFile(part, path, remedy string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &MissingError{Part: part, Path: path, Remedy: remedy}
	case err != nil:
		return fmt.Errorf("look for %s: %w", part, err)
	case info.IsDir():
		return fmt.Errorf("look for %s: %s is a folder, not a file", part, path)
	}
	return nil
}

// modelFile finds a model's weights in its folder: the file that is asked for,
// else model.onnx, beside the tokenizer or, as Hugging Face's repositories have
// it, in the folder onnx.
func modelFile(dir, file, remedy string) (string, error) {
	if file != "" {
		path := filepath.Join(dir, file)
		return path, requireFile("the model", path, remedy)
	}
	path := filepath.Join(dir, "model.onnx")
	if below := filepath.Join(dir, "onnx", "model.onnx"); !exists(path) && exists(below) {
		path = below
	}
	return path, requireFile("the model", path, remedy)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
