package eval

import "sync"

// progress reports how much of a run is done. It is safe for concurrent use.
type progress struct {
	mu          sync.Mutex
	done, total int
	tell        func(done, total int) // may be nil
}

// newProgress reports for the first time before anything is asked.
func newProgress(done, total int, tell func(done, total int)) *progress {
	p := &progress{done: done, total: total, tell: tell}
	p.add(0)
	return p
}

// add counts n more. Its reports do not overlap.
func (p *progress) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	if p.tell != nil {
		p.tell(p.done, p.total)
	}
}
