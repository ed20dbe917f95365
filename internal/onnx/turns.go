//go:build onnx

package onnx

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// turns lets a limited number of callers use a model at a time, in the order of
// arrival, until it is closed.
type turns struct {
	slots  int64
	free   *semaphore.Weighted
	closed bool // written and read only by holders of a slot
}

func newTurns(slots int) *turns {
	return &turns{slots: int64(slots), free: semaphore.NewWeighted(int64(slots))}
}

// take waits for a turn. The error is the context's, or errClosed.
func (t *turns) take(ctx context.Context) (release func(), err error) {
	if err := t.free.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	if t.closed {
		t.free.Release(1)
		return nil, errClosed
	}
	return func() { t.free.Release(1) }, nil
}

// end waits for all holders of a turn, refuses later ones, and calls free the
// first time.
func (t *turns) end(free func() error) error {
	// This cannot fail without a deadline: every holder returns its slot.
	_ = t.free.Acquire(context.Background(), t.slots)
	defer t.free.Release(t.slots)
	if t.closed {
		return nil
	}
	t.closed = true
	return free()
}
