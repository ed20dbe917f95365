package agent

import (
	"sync"
	"time"
)

// watch times work of one kind, of which several may run at a time: a moment
// counts once. It is safe for concurrent use.
type watch struct {
	mu      sync.Mutex
	running int
	since   time.Time // when the first of those that run began
	total   time.Duration
}

// start begins a piece of work, which the returned function ends.
func (w *watch) start() (stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running == 0 {
		w.since = time.Now()
	}
	w.running++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.running--; w.running == 0 {
			w.total += time.Since(w.since)
		}
	}
}

// time is how long any work ran, of what has ended.
func (w *watch) time() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.total
}
