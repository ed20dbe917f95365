package httpapi

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"selfrag/serve"
)

func TestTheGateHoldsItsSlotsAndItsQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1, time.Second)
		leave, err := g.enter(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		second := make(chan error)
		go func() {
			leave, err := g.enter(t.Context(), "a")
			if err == nil {
				leave()
			}
			second <- err
		}()
		synctest.Wait()
		var full *tooMany
		if _, err := g.enter(t.Context(), "a"); !errors.As(err, &full) || full.after <= 0 {
			t.Errorf("the queue is full: %v", err)
		}
		leave()
		if err := <-second; err != nil {
			t.Errorf("who waited: %v", err)
		}

		leave, _ = g.enter(t.Context(), "a")
		begin := time.Now()
		if _, err := g.enter(t.Context(), "a"); !errors.As(err, &full) || time.Since(begin) != time.Second {
			t.Errorf("who waited too long: %v after %s", err, time.Since(begin))
		}
		if refused, waiting := g.refused.Load(), g.waits(); refused != 2 || waiting != 0 {
			t.Errorf("%d were refused and %d wait", refused, waiting)
		}
		gone, cancel := context.WithCancelCause(t.Context())
		cancel(serve.ErrShutdown)
		var known *serve.Error
		if _, err := g.enter(gone, "a"); !errors.As(err, &known) || known.Kind != serve.ShuttingDown {
			t.Errorf("at shutdown: %v", err)
		}
		leave()
		if leave, err := g.enter(t.Context(), "a"); err != nil {
			t.Errorf("afterwards: %v", err)
		} else {
			leave()
		}
	})
}

// One identity fills the queue. Another one gets a place and the second turn all the
// same, and what it takes is taken from the end of the first one's line.
func TestTheGateTakesIdentitiesByTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 3, time.Minute)
		leave, err := g.enter(t.Context(), "many")
		if err != nil {
			t.Fatal(err)
		}
		order := make(chan string, 8)
		ask := func(who, name string) {
			go func() {
				leave, err := g.enter(t.Context(), who)
				if err != nil {
					order <- name + " is refused"
					return
				}
				order <- name
				leave()
			}()
			synctest.Wait()
		}
		for _, name := range []string{"many 1", "many 2", "many 3", "many 4"} {
			ask("many", name)
		}
		ask("one", "one 1")
		ask("one", "one 2") // as long a line as that of many, so nobody gives way
		if n := g.waits(); n != 3 {
			t.Errorf("%d wait, want 3", n)
		}
		leave()
		synctest.Wait()
		close(order)
		var got []string
		for name := range order {
			got = append(got, name)
		}
		want := []string{"many 4 is refused", "many 3 is refused", "one 2 is refused", "many 1", "one 1", "many 2"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if g.free != 1 || g.waiting != 0 || len(g.lines) != 0 || len(g.turns) != 0 {
			t.Errorf("afterwards: %+v", g)
		}
	})
}

// Requests of many identities come, wait and go away at random. At the end every slot is
// free and no line is left.
func TestTheGateLosesNoSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(3, 10, 50*time.Millisecond)
		var wg sync.WaitGroup
		for i := range 400 {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			wg.Go(func() {
				time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(r.IntN(80))*time.Millisecond)
				defer cancel()
				leave, err := g.enter(ctx, string(rune('a'+i%7)))
				if err == nil {
					time.Sleep(time.Duration(r.IntN(10)) * time.Millisecond)
					leave()
				}
			})
		}
		wg.Wait()
		if g.free != 3 || g.waiting != 0 || len(g.lines) != 0 || len(g.turns) != 0 {
			t.Errorf("%d slots are free, %d requests wait in %d lines for %d turns", g.free, g.waiting, len(g.lines), len(g.turns))
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
