package sqlite

import (
	"context"
	"database/sql"
	"sync/atomic"
)

// snapshots keeps the data that searches of one collection need in memory: a T,
// as of the latest version that a search has seen. A T never changes, but a
// later one may share its memory.
//
// It uses the collection's own count of writes. SQLite's data_version would not
// do: it belongs to a connection, of which there are several, and changes with
// writes to any collection.
type snapshots[T any] struct {
	collection int64
	latest     atomic.Pointer[snapshot[T]]
	loading    chan struct{} // holds one token during a load
}

type snapshot[T any] struct {
	version, removals int64
	of                T
}

func newSnapshots[T any](collection int64) *snapshots[T] {
	return &snapshots[T]{collection: collection, loading: make(chan struct{}, 1)}
}

// at returns the T exactly as the transaction sees it, so that ranking and
// reading use the same state. extend makes it from an earlier T, since which
// passages were added, or from the zero T. removal says that since the earlier T
// passages may have been removed, too.
func (s *snapshots[T]) at(ctx context.Context, tx *sql.Tx, extend func(earlier T, removal bool) (T, error)) (T, error) {
	var now snapshot[T]
	err := tx.QueryRowContext(ctx, `SELECT version, removals FROM collections WHERE id = ?`, s.collection).
		Scan(&now.version, &now.removals)
	if err != nil {
		return now.of, err
	}
	if latest := s.latest.Load(); latest != nil && latest.version == now.version {
		return latest.of, nil
	}
	// One goroutine loads; the others wait for its result.
	select {
	case s.loading <- struct{}{}:
		defer func() { <-s.loading }()
	case <-ctx.Done():
		return now.of, ctx.Err()
	}
	latest := s.latest.Load()
	removal := false
	switch {
	case latest != nil && latest.version == now.version:
		return latest.of, nil
	case latest != nil && latest.version < now.version:
		now.of, removal = latest.of, latest.removals != now.removals
	}
	if now.of, err = extend(now.of, removal); err != nil {
		return now.of, err
	}
	if latest == nil || latest.version < now.version {
		s.latest.Store(&now)
	}
	return now.of, nil
}
