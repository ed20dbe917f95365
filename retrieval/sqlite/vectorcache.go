package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync/atomic"
)

// vectorCache holds the vectors of one collection in memory between searches.
//
// It goes by the collection's own count of writes rather than by SQLite's
// data_version, which is a property of a connection, of which there are
// several, and moves with writes to any collection.
type vectorCache struct {
	collection int64
	dimensions int
	latest     atomic.Pointer[snapshot]
	loading    chan struct{} // holds one token while somebody loads
}

// snapshot is the vectors of one version of a collection. It never changes: a
// later one may share its memory, but only what lies beyond its length.
type snapshot struct {
	version, removals int64
	ids               []int64   // numbers of the passages, ascending
	flat              []float32 // their unit vectors, one after another
}

func newVectorCache(collection int64, dimensions int) *vectorCache {
	return &vectorCache{collection: collection, dimensions: dimensions, loading: make(chan struct{}, 1)}
}

// at returns the vectors exactly as the transaction sees them, so that what is
// ranked and what is then read belong together.
func (v *vectorCache) at(ctx context.Context, tx *sql.Tx) (*snapshot, error) {
	var now snapshot
	err := tx.QueryRowContext(ctx, `SELECT version, removals FROM collections WHERE id = ?`, v.collection).
		Scan(&now.version, &now.removals)
	if err != nil {
		return nil, err
	}
	if s := v.latest.Load(); s != nil && s.version == now.version {
		return s, nil
	}
	// One loads, the others wait for what it brings.
	select {
	case v.loading <- struct{}{}:
		defer func() { <-v.loading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	latest := v.latest.Load()
	switch {
	case latest != nil && latest.version == now.version:
		return latest, nil
	case latest != nil && latest.version < now.version && latest.removals == now.removals:
		// Only additions since: they lie behind what is there.
		now.ids, now.flat = latest.ids, latest.flat
	}
	if err := v.load(ctx, tx, &now); err != nil {
		return nil, err
	}
	if latest == nil || latest.version < now.version {
		v.latest.Store(&now)
	}
	return &now, nil
}

// load appends the vectors that s lacks.
func (v *vectorCache) load(ctx context.Context, tx *sql.Tx, s *snapshot) error {
	after := int64(0)
	if n := len(s.ids); n > 0 {
		after = s.ids[n-1]
	} else {
		// Sized once: growing would hold up to twice the memory for good.
		var n int
		count := fmt.Sprintf(`SELECT count(*) FROM vectors_%d`, v.collection)
		if err := tx.QueryRowContext(ctx, count).Scan(&n); err != nil {
			return err
		}
		s.ids, s.flat = slices.Grow(s.ids, n), slices.Grow(s.flat, n*v.dimensions)
	}
	rows, err := tx.QueryContext(ctx,
		fmt.Sprintf(`SELECT passage, vector FROM vectors_%d WHERE passage > ? ORDER BY passage`, v.collection), after)
	if err != nil {
		return err
	}
	defer rows.Close()
	var raw sql.RawBytes
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id, &raw); err != nil {
			return err
		}
		if s.flat, err = appendDecoded(s.flat, raw, v.dimensions); err != nil {
			return err
		}
		s.ids = append(s.ids, id)
	}
	return rows.Err()
}
