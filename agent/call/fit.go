package call

import "errors"

// contextExceeded is implemented by errors of models. ContextExceeded reports
// whether the prompt was too long for the model's context.
type contextExceeded interface{ ContextExceeded() bool }

// tooLong reports whether an error says that a prompt is too long for the
// model's context.
func tooLong(err error) bool {
	var e contextExceeded
	return errors.As(err, &e) && e.ContextExceeded()
}

// Fitting makes a call about n passages, best first. If the prompt does not fit
// the model's context, Fitting repeats the call without the last passage, until
// the prompt fits or one passage is left. Fitting returns the number of
// passages in the last call, and the error of that call.
func Fitting(n int, call func(left int) error) (left int, err error) {
	for left = n; ; left-- {
		if err = call(left); err == nil || left <= 1 || !tooLong(err) {
			return left, err
		}
	}
}
