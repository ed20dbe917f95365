package trace

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"selfrag/trace/langfuse"
)

// batchSize is the number of items that are sent at a time.
const batchSize = 256

// mostReasons is the number of different drop reasons that are counted
// separately. A server's messages may all differ.
const mostReasons = 16

// longestPause limits the wait between two tries, including one that a server
// asks for.
const longestPause = 30 * time.Second

// queue sends added items to a destination in batches, from one goroutine.
// Adding never waits.
type queue[T any] struct {
	cfg Config
	// send sends the first items of a batch in one request. n is their number,
	// at least one, and err the result.
	send func(ctx context.Context, batch []T) (n int, err error)

	mu      sync.Mutex
	waiting []T
	added   int
	drops   map[string]int // by reason
	closed  bool

	wake     chan struct{}
	closing  chan struct{}
	deadline time.Time // of closing; set before the channel closing is closed
	done     chan struct{}
	stop     context.CancelFunc
}

func newQueue[T any](cfg Config, send func(context.Context, []T) (int, error)) *queue[T] {
	ctx, stop := context.WithCancel(context.Background())
	q := &queue[T]{
		cfg: cfg, send: send, drops: map[string]int{},
		wake: make(chan struct{}, 1), closing: make(chan struct{}), done: make(chan struct{}), stop: stop,
	}
	go q.run(ctx)
	return q
}

// add queues an item, or drops it if too many are waiting.
func (q *queue[T]) add(item T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.added++
	switch {
	case q.closed:
		q.drops["it came after the end"]++
		return
	case len(q.waiting) >= q.cfg.Queue:
		q.drops[fmt.Sprintf("more than %d were waiting", q.cfg.Queue)]++
		return
	}
	q.waiting = append(q.waiting, item)
	if len(q.waiting)%batchSize == 0 {
		select {
		case q.wake <- struct{}{}:
		default:
		}
	}
}

// run sends the waiting items at intervals and when a batch is full, until the
// queue is closed and empty.
func (q *queue[T]) run(ctx context.Context) {
	defer close(q.done)
	tick := time.NewTicker(q.cfg.Every)
	defer tick.Stop()
	for closing := false; !closing; {
		select {
		case <-q.wake:
		case <-tick.C:
		case <-q.closing:
			closing = true
		}
		for batch := q.take(); len(batch) > 0; batch = q.take() {
			q.deliver(ctx, batch)
		}
	}
}

func (q *queue[T]) take() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), batchSize)
	batch := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return batch
}

// deliver sends a batch, retries where that may help, and counts what is lost.
// Only consecutive tries without any success count: a server that accepts part
// of a batch and then asks to wait gets the rest as well.
func (q *queue[T]) deliver(ctx context.Context, batch []T) {
	for tries := 1; len(batch) > 0; tries++ {
		if ctx.Err() != nil {
			q.drop(len(batch), q.late(nil))
			return
		}
		n, err := q.send(ctx, batch)
		after, again := mayHelp(err)
		var partly *partlyError
		switch {
		case err == nil:
		case errors.As(err, &partly):
			// The others arrived. It is unknown which did not, so none is sent
			// again.
			q.drop(min(partly.rejected, n), partly)
		case ctx.Err() != nil:
			q.drop(len(batch), q.late(err))
			return
		case again && tries < q.cfg.Tries:
			backoff := q.cfg.Pause << min(tries-1, 10)
			if !q.pause(ctx, min(max(after, backoff/2+rand.N(backoff/2+1)), longestPause)) {
				q.drop(len(batch), err)
				return
			}
			continue
		case again || ofAll(err):
			q.drop(len(batch), err)
			return
		default:
			q.drop(n, err)
		}
		batch, tries = batch[n:], 0
	}
}

// late returns the error for running out of time, with the last error if there
// was one.
func (q *queue[T]) late(last error) error {
	if last == nil || errors.Is(last, context.Canceled) {
		return fmt.Errorf("it took longer than %s to send them at the end", q.cfg.Flush)
	}
	return last
}

func (q *queue[T]) drop(n int, why error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	reason := why.Error()
	if _, known := q.drops[reason]; !known && len(q.drops) >= mostReasons {
		reason = "of other reasons"
	}
	q.drops[reason] += n
}

// pause waits before another try. It returns false if there is no time for one.
func (q *queue[T]) pause(ctx context.Context, d time.Duration) bool {
	until := time.Now().Add(d)
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-q.closing:
	}
	if until.After(q.deadline) {
		return false
	}
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// close sends the waiting items until the deadline.
func (q *queue[T]) close(deadline time.Time) {
	q.mu.Lock()
	first := !q.closed
	q.closed = true
	q.mu.Unlock()
	if first {
		q.deadline = deadline
		close(q.closing)
	}
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case <-q.done:
	case <-timer.C:
	}
	q.stop()
	<-q.done
}

// tally returns the number of added items, and the number of lost ones by
// reason.
func (q *queue[T]) tally() (added int, drops map[string]int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	drops = map[string]int{}
	for why, n := range q.drops {
		drops[why] = n
	}
	return q.added, drops
}

// mayHelp reports whether sending again may help, and how long the server asks
// to wait first.
func mayHelp(err error) (after time.Duration, again bool) {
	var refused *langfuse.StatusError
	if errors.As(err, &refused) {
		return refused.RetryAfter, refused.Status == 408 || refused.Status == 429 || refused.Status >= 500
	}
	var unreachable *langfuse.UnreachableError
	return 0, errors.As(err, &unreachable)
}

// ofAll reports whether a permanent refusal applies to every request, as the
// refusal of a key does. Any other applies to a single request, and the next
// one may be accepted.
func ofAll(err error) bool {
	var refused *langfuse.StatusError
	return errors.As(err, &refused) && (refused.Status == 401 || refused.Status == 403 || refused.Status/100 != 4)
}

// length returns the number of waiting items.
func (q *queue[T]) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}
