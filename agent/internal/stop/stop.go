// Package stop holds the reasons to end the work of a turn early: a part of the
// budget is spent, the caller stopped reading events, or the context ended. It
// is separate from the model calls (agent/call) because searches end for the
// same reasons.
package stop

import (
	"context"
	"errors"
)

// The parts of a budget that can be spent in the middle of a turn.
const (
	Calls  = "calls"  // model calls
	Tokens = "tokens" // tokens of prompts and replies together
	Time   = "time"   // wall-clock time
)

// SpentError says that a part of the budget is spent: Calls, Tokens or Time.
type SpentError struct{ Part string }

func (e SpentError) Error() string { return "the budget is spent: " + e.Part }

// Spent reports whether an error says that the budget is spent, and returns the
// spent part.
func Spent(err error) (part string, ok bool) {
	var s SpentError
	ok = errors.As(err, &s)
	return s.Part, ok
}

// ErrUnread ends a turn if the caller stopped reading the events of the turn.
var ErrUnread = errors.New("the reader stopped reading events")

// Reason returns the cause of the context if it has ended, and err otherwise.
// Interrupted work often fails with a less informative error of its own, and
// some models return no error at all when they are cancelled.
func Reason(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
