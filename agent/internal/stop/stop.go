// Package stop holds the reasons for which the work of a turn ends before it is
// done: a part of the budget is spent, the reader has left, the context ended.
// They are apart from the calls of the model (agent/call), since searches end
// for the same reasons.
package stop

import (
	"context"
	"errors"
)

// The parts of a budget that can be spent in the middle of a turn.
const (
	Calls  = "calls"  // of the model
	Tokens = "tokens" // of prompts and replies together
	Time   = "time"   // by the wall clock
)

// SpentError says that a part of the budget is spent: Calls, Tokens or Time.
type SpentError struct{ Part string }

func (e SpentError) Error() string { return "the budget is spent: " + e.Part }

// Spent reports whether an error says that the budget is spent, and which part
// of it.
func Spent(err error) (part string, ok bool) {
	var s SpentError
	ok = errors.As(err, &s)
	return s.Part, ok
}

// ErrUnread ends a turn whose reader stopped reading its events.
var ErrUnread = errors.New("the reader stopped reading events")

// Reason returns the cause for which the context ended, if it has, and else err.
// Work that was cut short often fails with an error of its own that says less,
// and some models return no error at all when they are cancelled.
func Reason(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
