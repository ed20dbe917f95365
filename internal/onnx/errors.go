package onnx

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNotBuilt is returned by every constructor of a program built without the
// tag onnx.
var ErrNotBuilt error = buildError("this program was built without ONNX Runtime: take an embedder from Ollama (such as ollama/bge-m3) " +
	"and a reranker such as llm or a service, or use a program that was built with `go build -tags onnx`")

// ErrNoTokenizers is returned by the constructors of a program built with the
// tag notokenizers for a model whose tokenizer.json package unigram cannot
// read.
var ErrNoTokenizers error = buildError("built with tag notokenizers, which has only the tokenizer of multilingual-e5; " +
	"cross-encoders, ColBERTs and embedders like BERT need the tokenizers of Hugging Face: use a program that was built with `go build -tags onnx`")

// buildError says that the program was built without a part.
type buildError string

func (e buildError) Error() string { return string(e) }

// Unreachable reports that the part cannot be used.
func (e buildError) Unreachable() bool { return true }

var errClosed = errors.New("the encoder is closed")

// MissingError says that a required file is missing, and how to get it.
type MissingError struct {
	Part   string // such as "ONNX Runtime"
	Path   string // where it was expected
	Remedy string // what to do, such as "run `selfrag setup onnxruntime`"
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s is missing (%s): %s", e.Part, e.Path, e.Remedy)
}

// Unreachable reports that the part cannot be used.
func (e *MissingError) Unreachable() bool { return true }

// requireFile returns a *MissingError if there is no file at path, and another
// error if it is not a readable file.
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

// modelFile finds the weights in a model folder: the selected file, or
// model.onnx, which is beside the tokenizer or, as in Hugging Face's
// repositories, in the folder onnx.
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
