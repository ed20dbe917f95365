package sqlite

import (
	"context"
	"database/sql"
	"sync/atomic"
)

// snapshots keeps what searches need of one collection in memory: a T, as of
// the latest version that a search has seen. A T never changes; a later one
// may share its memory.
//
// It goes by the collection's own count of writes rather than by SQLite's
// data_version, which is a property of a connection, of which there are
// several, and moves with writes to any collection.
type snapshots[T any] struct {
	collection int64
	latest     atomic.Pointer[snapshot[T]]
	loading    chan struct{} // holds one token while somebody loads
}

type snapshot[T any] struct {
	version, removals int64
	of                T
}

func newSnapshots[T any](collection int64) *snapshots[T] {
	return &snapshots[T]{collection: collection, loading: make(chan struct{}, 1)}
}

// at returns the T exactly as the transaction sees it, so that what is ranked
// and what is then read belong together. extend makes it of an earlier one, to
// which passages were added since but none removed, or of the zero T.
func (s *snapshots[T]) at(ctx context.Context, tx *sql.Tx, extend func(earlier T) (T, error)) (T, error) {
	var now snapshot[T]
	err := tx.QueryRowContext(ctx, `SELECT version, removals FROM collections WHERE id = ?`, s.collection).
		Scan(&now.version, &now.removals)
	if err != nil {
		return now.of, err
	}
	if latest := s.latest.Load(); latest != nil && latest.version == now.version {
		return latest.of, nil
	}
	// One loads, the others wait for what it brings.
	select {
	case s.loading <- struct{}{}:
		defer func() { <-s.loading }()
	case <-ctx.Done():
		return now.of, ctx.Err()
	}
	latest := s.latest.Load()
	switch {
	case latest != nil && latest.version == now.version:
		return latest.of, nil
	case latest != nil && latest.version < now.version && latest.removals == now.removals:
		now.of = latest.of
	}
	if now.of, err = extend(now.of); err != nil {
		return now.of, err
	}
	if latest == nil || latest.version < now.version {
		s.latest.Store(&now)
	}
	return now.of, nil
}
