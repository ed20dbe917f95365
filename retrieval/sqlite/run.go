package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"sort"
)

// run is a group of passages that are indexed together in the file. Runs of the
// same kind do not overlap.
type run struct {
	id          int64
	first, last int64 // numbers of the first and the last passage
	passages    int
	since       int64 // number of the last removal that it takes into account
}

// runsOf returns the runs in a table of runs, ordered by passages.
func runsOf(ctx context.Context, tx *sql.Tx, table string) ([]run, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, first, last, passages, since FROM `+table+` ORDER BY first`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var runs []run
	for rows.Next() {
		var r run
		if err := rows.Scan(&r.id, &r.first, &r.last, &r.passages, &r.since); err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, rows.Err()
}

// lastOf returns the number of the last passage of the runs, or 0. Passages
// with higher numbers are in no run.
func lastOf(runs []run) int64 {
	if len(runs) == 0 {
		return 0
	}
	return runs[len(runs)-1].last
}

// places is a run with the numbers of its passages.
type places struct {
	run
	ids []int64 // ascending
}

// newPlaces returns the run of passages with the given numbers, of which there
// is at least one.
func newPlaces(ids []int64, since int64) places {
	return places{run{first: ids[0], last: ids[len(ids)-1], passages: len(ids), since: since}, ids}
}

// encodeIDs encodes ascending numbers as stretches without a gap: how far each
// begins behind the one before, and its length, as uvarints.
func encodeIDs(ids []int64) []byte {
	var b []byte
	before := int64(0)
	for i := 0; i < len(ids); {
		n := stretch(ids[i:])
		b = binary.AppendUvarint(b, uint64(ids[i]-before)) //nolint:gosec // they ascend
		b = binary.AppendUvarint(b, uint64(n))             //nolint:gosec // it is positive
		before = ids[i] + int64(n)
		i += n
	}
	return b
}

// stretch returns how many of the first numbers follow one another without a gap.
// There is at least one number.
func stretch(ids []int64) int {
	n := 1
	for n < len(ids) && ids[n] == ids[0]+int64(n) {
		n++
	}
	return n
}

// decodeIDs decodes n numbers and returns what follows them.
func decodeIDs(b []byte, n int) (ids []int64, rest []byte, err error) {
	ids = make([]int64, 0, n)
	next := int64(0)
	for len(ids) < n {
		gap, m := binary.Uvarint(b)
		if m <= 0 {
			return nil, nil, errBroken
		}
		length, l := binary.Uvarint(b[m:])
		if l <= 0 || length == 0 || length > uint64(n-len(ids)) { //nolint:gosec // it is positive
			return nil, nil, errBroken
		}
		next += int64(gap)      //nolint:gosec // it was encoded from an int64
		for range int(length) { //nolint:gosec // at most n
			ids = append(ids, next)
			next++
		}
		b = b[m+l:]
	}
	return ids, b, nil
}

// places decodes the numbers of the run's passages and returns what follows.
func (r run) places(b []byte) (places, []byte, error) {
	if r.passages < 1 || r.passages > segmentPassages {
		return places{}, nil, errBroken
	}
	ids, rest, err := decodeIDs(b, r.passages)
	if err != nil || ids[0] != r.first || ids[len(ids)-1] != r.last {
		return places{}, nil, errBroken
	}
	return places{r, ids}, rest, nil
}

// bitset is a set of small numbers. nil is the empty set and has no members.
type bitset []uint64

func (s bitset) has(i int) bool { return s != nil && s[i/64]>>(i%64)&1 != 0 }

func (s bitset) len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// each calls f with each member, ascending.
func (s bitset) each(f func(i int)) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			f(64*i + bits.TrailingZeros64(w))
		}
	}
}

// removed holds which passages of runs have been removed since the runs were
// written, as the indexes of their numbers. It does not change.
type removed struct {
	seen int64            // number of the last removal
	from map[int64]bitset // keyed by run, nil for a run that is complete
}

// removedFrom reads the removals that earlier does not contain. earlier may be
// nil.
func removedFrom(ctx context.Context, tx *sql.Tx, collection int64, earlier *removed, runs []places) (*removed, error) {
	if earlier == nil {
		earlier = &removed{}
	}
	now := &removed{seen: earlier.seen, from: make(map[int64]bitset, len(runs))}
	after := make([]int64, len(runs)) // the last removal that a run's set contains
	first := earlier.seen
	for i, r := range runs {
		set, known := earlier.from[r.id]
		after[i] = r.since
		if known {
			after[i] = earlier.seen
		}
		now.from[r.id], first = set, min(first, after[i])
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(
		`SELECT id, first, passages FROM removed_%d WHERE id > ? ORDER BY id`, collection), first)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	copied := map[int64]bool{}
	for rows.Next() {
		var id, first, passages int64
		if err := rows.Scan(&id, &first, &passages); err != nil {
			return nil, err
		}
		now.seen = max(now.seen, id)
		i := sort.Search(len(runs), func(i int) bool { return runs[i].last >= first })
		for ; i < len(runs) && runs[i].first < first+passages; i++ {
			r := runs[i]
			if id <= after[i] {
				continue
			}
			if !copied[r.id] {
				copied[r.id] = true
				set := make(bitset, (len(r.ids)+63)/64)
				copy(set, now.from[r.id])
				now.from[r.id] = set
			}
			at, _ := slices.BinarySearch(r.ids, first)
			for ; at < len(r.ids) && r.ids[at] < first+passages; at++ {
				now.from[r.id][at/64] |= 1 << (at % 64)
			}
		}
	}
	return now, rows.Err()
}

// lastRemoval returns the number of the last removal from a collection, or 0.
func lastRemoval(ctx context.Context, tx *sql.Tx, collection int64) (n int64, err error) {
	err = tx.QueryRowContext(ctx, fmt.Sprintf(`SELECT coalesce(max(id), 0) FROM removed_%d`, collection)).Scan(&n)
	return n, err
}
