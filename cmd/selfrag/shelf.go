package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"selfrag/fault"
)

// openTime is how long a part may take to open: a model of some gigabytes is
// read from the disk.
const openTime = 2 * time.Minute

// shelf holds parts of the server that are opened when first asked for, and
// shared from then on. Who asks for one that is just being opened waits for it;
// who asks for another does not.
type shelf[T any] struct {
	opening singleflight.Group
	life    context.Context // until Close
	end     context.CancelFunc
	work    sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	parts   map[string]T
	closers []func()
}

func newShelf[T any]() *shelf[T] {
	s := &shelf[T]{parts: map[string]T{}}
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
			return nil, errors.New("the server's parts are closed")
		}
		defer s.work.Done()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), openTime)
		defer cancel()
		defer context.AfterFunc(s.life, cancel)()
		part, closers, err := open(limited)
		if err != nil {
			closeAll(closers)
			if limited.Err() != nil {
				err = fault.Unreachablef("a part of the server did not open within %s: %w", openTime, err)
			}
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.parts[key] = part
		s.closers = append(s.closers, closers...)
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
		return none, fmt.Errorf("wait for a part of the server: %w", ctx.Err())
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

// Close ends what is being opened, and releases the parts.
func (s *shelf[T]) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	s.work.Wait()
	closeAll(s.closers)
}

func closeAll(closers []func()) {
	for _, c := range closers {
		c()
	}
}
