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

// ServerPatience is the time limit for opening a part of the server. It must
// be enough to read a model of some gigabytes from disk.
const ServerPatience = 2 * time.Minute

// shelf holds the shared parts of one kind. A part is opened when it is first
// needed. A caller waits if the part that it needs is just being opened. It
// does not wait for other parts.
type shelf[T any] struct {
	patience time.Duration // time limit for opening a part; 0: none
	opening  singleflight.Group
	life     context.Context // ends with Close
	end      context.CancelFunc
	work     sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	parts   map[string]T
	closers map[string][]func() // by the key of the part
	order   []string            // keys in the order of opening
}

func newShelf[T any](patience time.Duration) *shelf[T] {
	s := &shelf[T]{patience: patience, parts: map[string]T{}, closers: map[string][]func(){}}
	s.life, s.end = context.WithCancel(context.Background())
	return s
}

// take returns the part with the given key. If the part is not open, take calls
// open. Several callers may wait for the same part, so open continues even if
// the ctx of the first caller ends. The closers that open returns are called by
// Close, or at once if open returns an error.
func (s *shelf[T]) take(ctx context.Context, key string, open func(ctx context.Context) (part T, closers []func(), err error)) (T, error) {
	if part, ok := s.has(key); ok {
		return part, nil
	}
	opened := s.opening.DoChan(key, func() (any, error) {
		if _, ok := s.has(key); ok { // another caller has opened it meanwhile
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

// also makes a part available under a second key.
func (s *shelf[T]) also(key string, part T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.parts[key]; !ok {
		s.parts[key] = part
	}
}

// drop closes the part with the given key, if it is open. The next call of take
// opens the part again.
func (s *shelf[T]) drop(key string) {
	s.mu.Lock()
	closers := s.closers[key]
	delete(s.parts, key)
	delete(s.closers, key)
	s.mu.Unlock()
	closeAll(closers)
}

// Close cancels the opening of parts and closes the open parts, the latest
// first.
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

// closeAll calls all closers in order.
func closeAll(closers []func()) {
	for _, c := range closers {
		c()
	}
}
