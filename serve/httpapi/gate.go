package httpapi

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// gate limits the number of requests that work at once (slots) and the number of
// requests that wait for a slot. A slot that comes free goes to the identities with
// waiting requests by turns, and a full queue gives up a request of the identity that
// has the most. So whoever sends many requests delays mainly their own.
type gate struct {
	most    int           // maximum number of waiting requests
	within  time.Duration // time limit for waiting
	refused atomic.Int64  // total since the start

	mu      sync.Mutex
	free    int // number of free slots; 0 while requests wait
	waiting int
	lines   map[string][]*waiter // waiting requests by identity, the first to come first
	turns   []string             // the identities of lines, the next one first
}

// waiter is a waiting request. It gets nil with its slot, or the error that refuses
// it, and nothing else.
type waiter struct{ told chan error }

func newGate(slots, queue int, within time.Duration) *gate {
	return &gate{free: slots, most: max(0, queue), within: within, lines: map[string][]*waiter{}}
}

// enter waits for a slot for a request of an identity, and returns the function that
// releases the slot.
func (g *gate) enter(ctx context.Context, who string) (leave func(), err error) {
	w, err := g.join(who)
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(g.within)
	defer timer.Stop()
	select {
	case err = <-w.told:
	case <-timer.C:
		if g.quit(who, w) {
			g.refused.Add(1)
			return nil, &tooMany{"the server is busy: no slot came free in time", 5 * time.Second}
		}
		err = <-w.told
	case <-ctx.Done():
		if !g.quit(who, w) && <-w.told == nil {
			g.leave() // it got the slot at the same moment
		}
		return nil, ended(ctx)
	}
	if err != nil {
		return nil, err
	}
	return g.leave, nil
}

// join takes a free slot or a place in the line of an identity.
func (g *gate) join(who string) (*waiter, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := &waiter{make(chan error, 1)}
	if g.free > 0 {
		g.free--
		w.told <- nil
		return w, nil
	}
	if g.waiting >= g.most && !g.displace(len(g.lines[who])) {
		g.refused.Add(1)
		return nil, queueFull()
	}
	if len(g.lines[who]) == 0 {
		g.turns = append(g.turns, who)
	}
	g.lines[who] = append(g.lines[who], w)
	g.waiting++
	return w, nil
}

func queueFull() error {
	return &tooMany{"the server is busy and its queue is full", 2 * time.Second}
}

// displace refuses the last request of the longest line, and reports whether it did.
// It does not if that line would then be shorter than that of the one who comes, who
// has own requests waiting.
func (g *gate) displace(own int) bool {
	longest := ""
	for who, line := range g.lines {
		if len(line) > len(g.lines[longest]) {
			longest = who
		}
	}
	line := g.lines[longest]
	if len(line) < own+2 {
		return false
	}
	line[len(line)-1].told <- queueFull()
	g.lines[longest] = line[:len(line)-1]
	g.waiting--
	g.refused.Add(1)
	return true
}

// leave gives a slot to the first request of the identity whose turn it is.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.turns) == 0 {
		g.free++
		return
	}
	who := g.turns[0]
	next := g.lines[who][0]
	g.turns, g.lines[who] = g.turns[1:], g.lines[who][1:]
	g.waiting--
	if len(g.lines[who]) > 0 {
		g.turns = append(g.turns, who)
	} else {
		delete(g.lines, who)
	}
	next.told <- nil
}

// quit takes a request out of its line, and reports whether it was still there.
func (g *gate) quit(who string, w *waiter) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := slices.Index(g.lines[who], w)
	if at < 0 {
		return false
	}
	g.lines[who] = slices.Delete(g.lines[who], at, at+1)
	g.waiting--
	if len(g.lines[who]) == 0 {
		delete(g.lines, who)
		g.turns = slices.DeleteFunc(g.turns, func(id string) bool { return id == who })
	}
	return true
}

// waits returns the number of waiting requests.
func (g *gate) waits() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting
}
