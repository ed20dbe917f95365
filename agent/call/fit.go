package call

import "errors"

// contextExceeded is implemented by a model's error. It reports whether the
// prompt was too long for the model's context, so that a shorter one may fit.
type contextExceeded interface{ ContextExceeded() bool }

// tooLong reports whether an error says that a prompt does not fit.
func tooLong(err error) bool {
	var e contextExceeded
	return errors.As(err, &e) && e.ContextExceeded()
}

// Fitting makes a call about n passages, best first. While their prompt does
// not fit the model's context, it repeats the call without the last passage,
// down to one passage. left is the number of passages of the last call, and err
// is its error.
func Fitting(n int, call func(left int) error) (left int, err error) {
	for left = n; ; left-- {
		if err = call(left); err == nil || left <= 1 || !tooLong(err) {
			return left, err
		}
	}
}
