package eval

import "sync"

// progress reports how much of a run is done. It is safe for concurrent use.
type progress struct {
	mu          sync.Mutex
	done, total int
	tell        func(done, total int) // may be nil
}

// newProgress returns a progress and reports its initial state.
func newProgress(done, total int, tell func(done, total int)) *progress {
	p := &progress{done: done, total: total, tell: tell}
	p.add(0)
	return p
}

// add adds n to the number of finished answers and reports it. Reports do not
// overlap.
func (p *progress) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	if p.tell != nil {
		p.tell(p.done, p.total)
	}
}
