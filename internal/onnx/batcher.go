//go:build onnx

package onnx

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// batcher runs the texts of concurrent callers together, as a GPU needs it.
// While a batch runs, texts of other callers wait and form the next one. Nothing
// waits for a batch to fill up. It is safe for concurrent use.
type batcher struct {
	run    func(...tokens) ([][][]float32, error)
	limits batchLimits

	mu      sync.Mutex
	waiting []*request
	working bool
}

// batchLimits limit a batch. tokens includes padding.
type batchLimits struct{ texts, tokens int }

// request is a text that waits for its vectors.
type request struct {
	text    tokens
	done    chan struct{} // closed once the fields below are set
	vectors [][]float32
	err     error
}

// do returns the vectors of a text. The error is the context's while the text
// waits; a running batch is not stopped.
func (b *batcher) do(ctx context.Context, t tokens) ([][]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &request{text: t, done: make(chan struct{})}
	b.mu.Lock()
	b.waiting = append(b.waiting, r)
	if !b.working {
		b.working = true
		go b.work()
	}
	b.mu.Unlock()
	select {
	case <-r.done:
	case <-ctx.Done():
		if b.leave(r) {
			return nil, ctx.Err()
		}
		<-r.done // its batch runs
	}
	return r.vectors, r.err
}

// leave removes a request and reports whether it was still waiting.
func (b *batcher) leave(r *request) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.waiting, r)
	if i < 0 {
		return false
	}
	b.waiting = slices.Delete(b.waiting, i, i+1)
	return true
}

// work runs batches until nothing waits.
func (b *batcher) work() {
	for {
		batch := b.next()
		if len(batch) == 0 {
			return
		}
		texts := make([]tokens, len(batch))
		for i, r := range batch {
			texts[i] = r.text
		}
		vectors, err := b.run(texts...)
		for i, r := range batch {
			if r.err = err; err == nil {
				r.vectors = vectors[i]
			}
			close(r.done)
		}
	}
}

// next takes the texts of the next batch: the one that has waited longest, and
// those whose lengths are closest to its length.
func (b *batcher) next() []*request {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 {
		b.working = false
		return nil
	}
	first := b.waiting[0]
	apart := func(r *request) int {
		return max(len(r.text.ids), len(first.text.ids)) - min(len(r.text.ids), len(first.text.ids))
	}
	near := slices.Clone(b.waiting)
	slices.SortStableFunc(near, func(x, y *request) int { return cmp.Compare(apart(x), apart(y)) })
	n, longest := 0, 0
	for _, r := range near {
		longest = max(longest, len(r.text.ids))
		if n > 0 && (n == b.limits.texts || (n+1)*longest > b.limits.tokens) {
			break
		}
		n++
	}
	batch := near[:n]
	b.waiting = slices.DeleteFunc(b.waiting, func(r *request) bool { return slices.Contains(batch, r) })
	return batch
}
