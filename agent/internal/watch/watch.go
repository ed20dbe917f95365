// Package watch measures the time of pieces of work that overlap.
package watch

import (
	"sync"
	"time"
)

// Watch measures the total time during which work of one kind runs. Time during
// which several pieces of work run counts once. It is safe for concurrent use.
type Watch struct {
	mu      sync.Mutex
	running int
	since   time.Time // start of the first of the running pieces
	total   time.Duration
}

// Start begins a piece of work. The returned function ends it.
func (w *Watch) Start() (stop func()) {
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

// Time returns the time during which any work ran. Work still running does not
// count.
func (w *Watch) Time() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.total
}
