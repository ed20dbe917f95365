package main

import (
	"context"
	"errors"
	"strings"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
)

// errAbstained ends ask when the documents do not hold the answer, which has been
// printed.
var errAbstained = fault.As(fault.Abstained, errors.New("abstained"))

// outcome is the exit code of a command's error, and the message to print.
func outcome(err error, interrupted bool) (int, string) {
	kind := fault.Of(err)
	switch {
	case err == nil:
		return kind.Exit(), ""
	case interrupted && errors.Is(err, context.Canceled):
		return fault.Canceled.Exit(), "interrupted"
	case errors.Is(err, errAbstained), errors.Is(err, wire.ErrReported):
		return kind.Exit(), ""
	case kind == fault.Invalid, strings.HasPrefix(err.Error(), "unknown command"): // cobra's own error
		return fault.Invalid.Exit(), err.Error() + "\nRun 'selfrag --help' for usage."
	case kind == fault.Canceled: // by no one at the keyboard
		kind = fault.Internal
	}
	return kind.Exit(), err.Error()
}
