package main

import (
	"context"
	"errors"
	"strings"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
)

// errAbstained is the error of the command ask if the agent abstains. The
// abstention has already been printed.
var errAbstained = fault.As(fault.Abstained, errors.New("abstained"))

// outcome returns the exit code for a command's error and the message to print.
func outcome(err error, interrupted bool) (int, string) {
	kind := fault.Of(err)
	switch {
	case err == nil:
		return kind.Exit(), ""
	case interrupted && errors.Is(err, context.Canceled):
		return fault.Canceled.Exit(), "interrupted"
	case errors.Is(err, errAbstained), errors.Is(err, wire.ErrReported):
		return kind.Exit(), ""
	case kind == fault.Invalid, strings.HasPrefix(err.Error(), "unknown command"): // an error of cobra, which has no kind
		return fault.Invalid.Exit(), err.Error() + "\nRun 'selfrag --help' for usage."
	case kind == fault.Canceled: // cancelled, but not by the user
		kind = fault.Internal
	}
	return kind.Exit(), err.Error()
}
