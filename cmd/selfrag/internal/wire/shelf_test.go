package wire

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"selfrag/fault"
)

func TestPartsOpenOnceAndHoldUpNoOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf[string](ServerPatience)
		release, opened, closed := make(chan struct{}), atomic.Int64{}, atomic.Int64{}
		slow := func(context.Context) (string, []func(), error) {
			opened.Add(1)
			<-release
			return "slow", []func(){func() { closed.Add(1) }}, nil
		}
		impatient, leave := context.WithCancel(t.Context())
		failed, got := make(chan error, 1), make(chan string, 2)
		go func() {
			_, err := s.take(impatient, "a", slow)
			failed <- err
		}()
		synctest.Wait()
		for range 2 {
			go func() {
				part, err := s.take(t.Context(), "a", slow)
				if err != nil {
					t.Error(err)
				}
				got <- part
			}()
		}
		if part, err := s.take(t.Context(), "b", func(context.Context) (string, []func(), error) { return "quick", nil, nil }); part != "quick" || err != nil {
			t.Errorf("another part: %q %v", part, err)
		}
		leave() // the first caller leaves
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("who left hears %v", err)
		}
		close(release)
		if first, second := <-got, <-got; first != "slow" || second != "slow" || opened.Load() != 1 {
			t.Errorf("%q and %q, opened %d times", first, second, opened.Load())
		}
		s.Close()
		if closed.Load() != 1 {
			t.Errorf("closed %d times", closed.Load())
		}
	})
}

func TestPartsThatDoNotOpenAreOutOfReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf[string](ServerPatience)
		closed := 0
		silent := func(ctx context.Context) (string, []func(), error) {
			<-ctx.Done()
			return "", []func(){func() { closed++ }}, ctx.Err()
		}
		if _, err := s.take(t.Context(), "a", silent); err == nil || closed != 1 {
			t.Errorf("%v, closed %d times", err, closed)
		} else if !fault.Is(err, fault.Unavailable) {
			t.Errorf("%v", err)
		}
		go func() {
			synctest.Wait()
			s.Close()
		}()
		if _, err := s.take(t.Context(), "a", silent); err == nil || closed != 2 {
			t.Errorf("when closed: %v, closed %d times", err, closed)
		}
		if _, err := s.take(t.Context(), "a", silent); err == nil {
			t.Error("opened when closed")
		}
	})
}

// TestPartsCloseOnceInReverse checks that the latest part is closed first and a
// dropped part is not closed again.
func TestPartsCloseOnceInReverse(t *testing.T) {
	s := newShelf[string](0)
	var closed []string
	for _, key := range []string{"a", "b", "c"} {
		part, err := s.take(t.Context(), key, func(context.Context) (string, []func(), error) {
			return "part " + key, []func(){func() { closed = append(closed, key) }}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.also("also "+key, part)
	}
	never := func(context.Context) (string, []func(), error) {
		t.Error("a part that is there is opened again")
		return "", nil, nil
	}
	if part, err := s.take(t.Context(), "also b", never); part != "part b" || err != nil {
		t.Errorf("by its second key: %q, %v", part, err)
	}
	s.drop("b")
	s.drop("b")
	s.Close()
	if got := strings.Join(closed, " "); got != "b c a" {
		t.Errorf("closed in the order %s", got)
	}
	if _, err := s.take(t.Context(), "d", never); err == nil {
		t.Error("a part opens after the end")
	}
}
