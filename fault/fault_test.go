package fault_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"selfrag/fault"
	"selfrag/retrieval"
)

type away bool

func (a away) Error() string     { return "away" }
func (a away) Unreachable() bool { return bool(a) }

type silent struct{}

func (silent) Error() string     { return "the model wrote no text" }
func (silent) ModelFailed() bool { return true }

func TestOf(t *testing.T) {
	plain := errors.New("plain")
	for name, tc := range map[string]struct {
		err   error
		want  fault.Kind
		exit  int
		http  int
		label string
	}{
		"no error":                     {nil, fault.None, 0, 200, ""},
		"plain":                        {plain, fault.Internal, 1, 500, "failed"},
		"usage":                        {fmt.Errorf("read: %w", fault.Usage(plain)), fault.Invalid, 2, 400, "usage"},
		"unreachable":                  {fmt.Errorf("ask: %w", fault.Unreachable(plain)), fault.Unavailable, 3, 503, "unreachable"},
		"a part says so":               {fmt.Errorf("ask: %w", away(true)), fault.Unavailable, 3, 503, "unreachable"},
		"a part says it is there":      {away(false), fault.Internal, 1, 500, "failed"},
		"a model that wrote nothing":   {fmt.Errorf("draft: %w", silent{}), fault.ModelFailed, 1, 502, "model"},
		"a store":                      {&retrieval.UnreachableError{Err: plain}, fault.Unavailable, 3, 503, "unreachable"},
		"canceled":                     {fmt.Errorf("ask: %w", context.Canceled), fault.Canceled, 130, 499, "canceled"},
		"a part, since it is canceled": {fault.Unreachable(context.Canceled), fault.Unavailable, 3, 503, "unreachable"},
		"the outermost counts":         {fault.Usage(fault.Unreachable(plain)), fault.Invalid, 2, 400, "usage"},
		"abstained":                    {fault.As(fault.Abstained, plain), fault.Abstained, 4, 200, ""},
		"full":                         {fault.As(fault.StorageFull, plain), fault.StorageFull, 1, 507, "failed"},
		"unknown":                      {fault.As("of tomorrow", plain), "of tomorrow", 1, 500, "failed"},
	} {
		got := fault.Of(tc.err)
		if got != tc.want || got.Exit() != tc.exit || got.Status() != tc.http || got.Label() != tc.label {
			t.Errorf("%s: %q, exit %d, status %d, label %q; want %q, %d, %d, %q", name, got, got.Exit(), got.Status(), got.Label(), tc.want, tc.exit, tc.http, tc.label)
		}
	}
	if fault.Usage(nil) != nil || fault.Unreachable(nil) != nil {
		t.Error("no error became one")
	}
}

func TestAKindedErrorKeepsItsTextAndItsCause(t *testing.T) {
	cause := errors.New("값이 틀렸습니다")
	err := fault.Usagef("flag --k1: %w", cause)
	if err.Error() != "flag --k1: 값이 틀렸습니다" || !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
}
