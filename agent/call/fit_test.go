package call

import (
	"errors"
	"fmt"
	"testing"
)

// exceededError is the error of a model for a prompt that is too long.
type exceededError struct{ is bool }

func (exceededError) Error() string           { return "the prompt is too long" }
func (e exceededError) ContextExceeded() bool { return e.is }

func TestFitting(t *testing.T) {
	broken := errors.New("broken")
	tooLong := fmt.Errorf("chatting: %w", exceededError{true})
	for _, tc := range []struct {
		name        string
		n, room     int
		err         error // of a call about too many passages
		calls, left int
		want        error
	}{
		{"all fit", 5, 5, tooLong, 1, 5, nil},
		{"two fit", 5, 2, tooLong, 4, 2, nil},
		{"not even one fits", 3, 0, tooLong, 3, 1, tooLong},
		{"none", 0, 0, nil, 1, 0, nil},
		{"another error", 5, 2, broken, 1, 5, broken},
		{"an error that denies it", 5, 2, exceededError{false}, 1, 5, exceededError{false}},
	} {
		calls := 0
		left, err := Fitting(tc.n, func(left int) error {
			calls++
			if left > tc.room {
				return tc.err
			}
			return nil
		})
		if calls != tc.calls || left != tc.left || !errors.Is(err, tc.want) {
			t.Errorf("%s: %d calls, %d left, %v; want %d, %d, %v", tc.name, calls, left, err, tc.calls, tc.left, tc.want)
		}
	}
}
