package agent

import (
	"errors"
	"fmt"
)

// contextExceeded is what the agent asks of a model's error: whether the
// prompt was too long for the model's context, so that a shorter one may do.
type contextExceeded interface{ ContextExceeded() bool }

// tooLong tells whether an error says that a prompt does not fit.
func tooLong(err error) bool {
	var e contextExceeded
	return errors.As(err, &e) && e.ContextExceeded()
}

// fitting makes a call about n passages, best first. As long as their prompt
// does not fit the model's context, it is made again without the last, down
// to one passage. left is how many it was made with.
func fitting(n int, call func(left int) error) (left int, err error) {
	for left = n; ; left-- {
		if err = call(left); err == nil || left <= 1 || !tooLong(err) {
			return left, err
		}
	}
}

// didNotFit says in an answer that passages were left out of a prompt; ""
// when none was.
func didNotFit(dropped int) string {
	if dropped == 0 {
		return ""
	}
	what := "passages"
	if dropped == 1 {
		what = "passage"
	}
	return fmt.Sprintf("the model's context had no room for the last %d %s; a larger context, or fewer or shorter passages, would fit", dropped, what)
}
