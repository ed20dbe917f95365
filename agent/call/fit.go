package call

import "errors"

// contextExceeded is what a caller asks of a model's error: whether the prompt
// was too long for the model's context, so that a shorter one may do.
type contextExceeded interface{ ContextExceeded() bool }

// tooLong reports whether an error says that a prompt does not fit.
func tooLong(err error) bool {
	var e contextExceeded
	return errors.As(err, &e) && e.ContextExceeded()
}

// Fitting makes a call about n passages, best first. As long as their prompt
// does not fit the model's context, it makes the call again without the last of
// them, down to one passage. left is how many passages the last call was about,
// and err is its error.
func Fitting(n int, call func(left int) error) (left int, err error) {
	for left = n; ; left-- {
		if err = call(left); err == nil || left <= 1 || !tooLong(err) {
			return left, err
		}
	}
}
