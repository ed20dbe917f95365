package stop

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestSpentReadsThePartThroughOtherErrors(t *testing.T) {
	for _, tc := range []struct {
		err  error
		part string
		ok   bool
	}{
		{SpentError{Tokens}, "tokens", true},
		{fmt.Errorf("draft: %w", SpentError{Calls}), "calls", true},
		{errors.New("the budget is spent: calls"), "", false},
		{nil, "", false},
	} {
		if part, ok := Spent(tc.err); part != tc.part || ok != tc.ok {
			t.Errorf("%v: got %q, %v", tc.err, part, ok)
		}
	}
}

func TestReasonPrefersTheCauseOfTheContext(t *testing.T) {
	broken := errors.New("broken pipe")
	ctx, cancel := context.WithCancelCause(t.Context())
	if err := Reason(ctx, broken); !errors.Is(err, broken) {
		t.Errorf("before the context ended: got %v", err)
	}
	cancel(SpentError{Time})
	for _, err := range []error{broken, nil} {
		if part, ok := Spent(Reason(ctx, err)); !ok || part != Time {
			t.Errorf("%v: got %v", err, Reason(ctx, err))
		}
	}
}
