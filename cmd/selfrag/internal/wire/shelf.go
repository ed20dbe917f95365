package wire

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"selfrag/fault"
)

// ServerPatience is how long a part of the server may take to open: a model of
// some gigabytes is read from the disk.
const ServerPatience = 2 * time.Minute

// shelf holds parts of one kind that are opened when first asked for, and shared
// from then on. Whoever asks for one that is just being opened waits for it;
// whoever asks for another does not.
type shelf[T any] struct {
	patience time.Duration // for opening a part; 0: without end
	opening  singleflight.Group
	life     context.Context // until Close
	end      context.CancelFunc
	work     sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	parts   map[string]T
	closers map[string][]func() // of each part
	order   []string            // in which they were opened
}

func newShelf[T any](patience time.Duration) *shelf[T] {
	s := &shelf[T]{patience: patience, parts: map[string]T{}, closers: map[string][]func(){}}
	s.life, s.end = context.WithCancel(context.Background())
	return s
}

// take returns the part of that key, which open makes if there is none. An
// opening is for all who wait for it: it goes on when the first of them leaves.
// The closers are called by Close, or at once if the part could not be opened.
func (s *shelf[T]) take(ctx context.Context, key string, open func(ctx context.Context) (part T, closers []func(), err error)) (T, error) {
	if part, ok := s.has(key); ok {
		return part, nil
	}
	opened := s.opening.DoChan(key, func() (any, error) {
		if _, ok := s.has(key); ok { // since then
			return nil, nil
		}
		if !s.begin() {
			return nil, errors.New("the parts are closed")
		}
		defer s.work.Done()
		limited, cancel := context.WithCancel(context.WithoutCancel(ctx))
		if s.patience > 0 {
			limited, cancel = context.WithTimeout(context.WithoutCancel(ctx), s.patience)
		}
		defer cancel()
		defer context.AfterFunc(s.life, cancel)()
		part, closers, err := open(limited)
		if err != nil {
			closeAll(closers)
			if errors.Is(limited.Err(), context.DeadlineExceeded) {
				err = fault.Unreachablef("a part of the server did not open within %s: %w", s.patience, err)
			}
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.parts[key], s.closers[key] = part, closers
		s.order = append(s.order, key)
		return nil, nil
	})
	var none T
	select {
	case end := <-opened:
		if end.Err != nil {
			return none, end.Err
		}
		part, _ := s.has(key)
		return part, nil
	case <-ctx.Done():
		return none, fmt.Errorf("wait for a part to open: %w", ctx.Err())
	}
}

func (s *shelf[T]) has(key string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	part, ok := s.parts[key]
	return part, ok
}

func (s *shelf[T]) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.work.Add(1)
	}
	return !s.closed
}

// also lets a part be found by a second key.
func (s *shelf[T]) also(key string, part T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.parts[key]; !ok {
		s.parts[key] = part
	}
}

// drop closes the part of a key, if there is one. The next who asks opens it anew.
func (s *shelf[T]) drop(key string) {
	s.mu.Lock()
	closers := s.closers[key]
	delete(s.parts, key)
	delete(s.closers, key)
	s.mu.Unlock()
	closeAll(closers)
}

// Close ends what is being opened, and closes the parts, the latest first.
func (s *shelf[T]) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	s.work.Wait()
	for _, key := range slices.Backward(s.order) {
		s.drop(key)
	}
}

// closeAll closes what a part was made of.
func closeAll(closers []func()) {
	for _, c := range closers {
		c()
	}
}
