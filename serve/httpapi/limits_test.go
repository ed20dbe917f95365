package httpapi

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"selfrag/serve"
)

func TestTheGateHoldsItsSlotsAndItsQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1, time.Second)
		leave, err := g.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		second := make(chan error)
		go func() {
			leave, err := g.enter(t.Context())
			if err == nil {
				leave()
			}
			second <- err
		}()
		synctest.Wait()
		var full *tooMany
		if _, err := g.enter(t.Context()); !errors.As(err, &full) || full.after <= 0 {
			t.Errorf("the queue is full: %v", err)
		}
		leave()
		if err := <-second; err != nil {
			t.Errorf("who waited: %v", err)
		}

		leave, _ = g.enter(t.Context())
		begin := time.Now()
		if _, err := g.enter(t.Context()); !errors.As(err, &full) || time.Since(begin) != time.Second {
			t.Errorf("who waited too long: %v after %s", err, time.Since(begin))
		}
		if refused, waiting := g.refused.Load(), g.waiting.Load(); refused != 2 || waiting != 0 {
			t.Errorf("%d were refused and %d wait", refused, waiting)
		}
		gone, cancel := context.WithCancelCause(t.Context())
		cancel(serve.ErrShutdown)
		var known *serve.Error
		if _, err := g.enter(gone); !errors.As(err, &known) || known.Kind != serve.ShuttingDown {
			t.Errorf("at shutdown: %v", err)
		}
		leave()
		if leave, err := g.enter(t.Context()); err != nil {
			t.Errorf("afterwards: %v", err)
		} else {
			leave()
		}
	})
}

func TestEachIdentityHasItsOwnRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRates(1, 2)
		a, b := Identity{ID: "a"}, Identity{ID: "b", Rate: -1}
		take := func(id Identity) bool { return r.take(id) == nil }
		if first, second, third := take(a), take(a), take(a); !first || !second || third {
			t.Error("two at once, and no more")
		}
		for range 10 {
			if !take(b) {
				t.Error("without a limit it is refused")
			}
		}
		time.Sleep(time.Second) // on the fake clock of the test
		if first, second := take(a), take(a); !first || second {
			t.Error("one more after a second")
		}
	})
}

func TestLocalNames(t *testing.T) {
	for host, local := range map[string]bool{
		"localhost:8080": true, "127.0.0.1": true, "127.9.9.9:80": true, "[::1]:8080": true, "LOCALHOST": true,
		"example.org": false, "localhost.example.org": false, "127.0.0.1.example.org:8080": false, "10.0.0.1": false, "": false, "0.0.0.0": false,
	} {
		if isLocalHost(host) != local {
			t.Errorf("%q is local: %t", host, !local)
		}
	}
}
