package main

import (
	"context"
	"errors"
	"strings"

	"selfrag/internal/httpjson"
	"selfrag/internal/models"
	"selfrag/internal/onnx"
	"selfrag/ollama"
	"selfrag/openai"
	"selfrag/retrieval"
)

// The exit codes.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitAbstained   = 4
	exitInterrupted = 130
)

// usageError is a mistake in how the command was called.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// unreachableError says that a part cannot be reached: which, where, and what
// to do.
type unreachableError struct{ err error }

func (e unreachableError) Error() string { return e.err.Error() }
func (e unreachableError) Unwrap() error { return e.err }

var (
	// errAbstained ends ask when the documents do not tell; the answer has
	// been printed.
	errAbstained = errors.New("abstained")
	// errReported ends a command whose failures have been printed.
	errReported = errors.New("failed")
)

// outcome maps the error of a command to an exit code and a message.
func outcome(err error, interrupted bool) (int, string) {
	var (
		usage       usageError
		part        unreachableError
		server      *ollama.UnreachableError
		database    *retrieval.UnreachableError
		model       *ollama.ModelMissingError
		compatible  *openai.UnreachableError
		key         *openai.KeyError
		loaded      *openai.ModelMissingError
		onnxMissing *onnx.MissingError
		service     *httpjson.UnreachableError
		hub         *models.UnreachableError
		device      *onnx.DeviceError
		pulled      *ollama.PullError
	)
	switch {
	case err == nil:
		return exitDone, ""
	case interrupted && errors.Is(err, context.Canceled):
		return exitInterrupted, "interrupted"
	case errors.Is(err, errAbstained):
		return exitAbstained, ""
	case errors.Is(err, errReported):
		return exitFailed, ""
	case errors.As(err, &usage), strings.HasPrefix(err.Error(), "unknown command"):
		return exitUsage, err.Error() + "\nRun 'selfrag --help' for usage."
	case errors.As(err, &part), errors.As(err, &server), errors.As(err, &database), errors.As(err, &service), errors.As(err, &model),
		errors.As(err, &hub), errors.As(err, &pulled), errors.As(err, &device), errors.As(err, &compatible), errors.As(err, &key), errors.As(err, &loaded),
		errors.As(err, &onnxMissing), errors.Is(err, onnx.ErrNotBuilt), errors.Is(err, onnx.ErrNoTokenizers):
		return exitUnreachable, err.Error()
	}
	return exitFailed, err.Error()
}
