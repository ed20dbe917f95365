// Package watch times work that overlaps.
package watch

import (
	"sync"
	"time"
)

// Watch times work of one kind, of which several may run at a time: a moment
// counts once. It is safe for concurrent use.
type Watch struct {
	mu      sync.Mutex
	running int
	since   time.Time // when the first of those that run began
	total   time.Duration
}

// Start begins a piece of work, which the returned function ends.
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

// Time is how long any work ran, of what has ended.
func (w *Watch) Time() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.total
}
