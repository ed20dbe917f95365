package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
)

// storeSegment writes a segment of passages in memory to the file.
func storeSegment(ctx context.Context, tx *sql.Tx, collection int64, s *stored, sorted segment) (err error) {
	if err := s.insert(ctx, tx, collection); err != nil {
		return err
	}
	w, err := newListWriter(ctx, tx, collection, s.id)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, w.close(ctx)) }()
	for i, term := range sorted.terms {
		if err := w.add(ctx, term, sorted.at(i)); err != nil {
			return err
		}
	}
	return nil
}

// mergeStored puts one segment in the place of neighbouring ones, without the
// passages that have been removed. It reads and writes term by term, so that it
// takes little memory.
func mergeStored(ctx context.Context, tx *sql.Tx, collection int64, from []*stored, gone *removed) error {
	var ids []int64
	merged := &stored{}
	places := make([][]int32, len(from)) // where passages get to, or -1
	for i, s := range from {
		places[i] = make([]int32, s.passages)
		for at, id := range s.ids {
			places[i][at] = -1
			if !gone.from[s.id].has(at) {
				places[i][at] = int32(len(ids)) //nolint:gosec // at most segmentPassages
				ids = append(ids, id)
				merged.lengths = append(merged.lengths, s.lengths[at])
			}
		}
	}
	if len(ids) > 0 {
		merged.places = newPlaces(ids, gone.seen)
		if err := merged.insert(ctx, tx, collection); err != nil {
			return err
		}
		if err := mergePostings(ctx, tx, collection, merged, from, places); err != nil {
			return err
		}
	}
	for _, s := range from {
		for _, statement := range []string{
			fmt.Sprintf(`DELETE FROM postings_%d WHERE key >= %d AND key < %d`, collection, postingsKey(s.id, 0), postingsKey(s.id+1, 0)),
			fmt.Sprintf(`DELETE FROM %s WHERE id = %d`, segmentsTable(collection), s.id),
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
	}
	return nil
}

func mergePostings(ctx context.Context, tx *sql.Tx, collection int64, to *stored, from []*stored, places [][]int32) (err error) {
	w, err := newListWriter(ctx, tx, collection, to.id)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, w.close(ctx)) }()
	readers := make([]*listReader, len(from))
	for i, s := range from {
		readers[i] = &listReader{tx: tx, collection: collection, after: postingsKey(s.id, 0) - 1, end: postingsKey(s.id+1, 0)}
		if err := readers[i].next(ctx); err != nil {
			return err
		}
	}
	var decoded, postings []posting
	for {
		term, more := leastTerm(readers)
		if !more {
			return nil
		}
		postings = postings[:0]
		for i, r := range readers {
			if r.done || r.list.term != term {
				continue
			}
			if decoded, err = r.list.decode(decoded[:0], from[i].passages); err != nil {
				return err
			}
			for _, p := range decoded {
				if at := places[i][p>>countBits]; at >= 0 {
					postings = append(postings, posting(at)<<countBits|p&maxCount)
				}
			}
			if err := r.next(ctx); err != nil {
				return err
			}
		}
		if err := w.add(ctx, term, postings); err != nil {
			return err
		}
	}
}

// leastTerm returns the least of the terms that the readers have come to, and
// whether there is one.
func leastTerm(readers []*listReader) (term uint32, found bool) {
	for _, r := range readers {
		if !r.done && (!found || r.list.term < term) {
			term, found = r.list.term, true
		}
	}
	return term, found
}

// listReader reads the lists of a segment in order.
type listReader struct {
	tx         *sql.Tx
	collection int64
	after, end int64 // keys

	rows [][]byte // not read yet
	keys []int64
	row  []byte // what is left of the row that is read
	list list
	done bool
}

// rowsAtOnce is the number of rows that a listReader holds. Other statements
// run between its queries, since a query that stays open beside writes to the
// same table is slow.
const rowsAtOnce = 32

// next goes to the next list. After the last, it sets done.
func (r *listReader) next(ctx context.Context) (err error) {
	before := r.list.term
	if len(r.row) == 0 {
		if len(r.rows) == 0 {
			if err := r.fetch(ctx); err != nil {
				return err
			}
		}
		if len(r.rows) == 0 {
			r.done = true
			return nil
		}
		before = uint32(r.keys[0]) //nolint:gosec // the lower 32 bits
		r.row, r.rows, r.keys = r.rows[0], r.rows[1:], r.keys[1:]
	}
	r.list, r.row, err = nextList(r.row, before)
	return err
}

func (r *listReader) fetch(ctx context.Context) error {
	rows, err := r.tx.QueryContext(ctx, fmt.Sprintf(
		`SELECT key, lists FROM postings_%d WHERE key > ? AND key < ? ORDER BY key LIMIT %d`, r.collection, rowsAtOnce), r.after, r.end)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var row []byte
		if err := rows.Scan(&r.after, &row); err != nil {
			return err
		}
		r.rows, r.keys = append(r.rows, row), append(r.keys, r.after)
	}
	return rows.Err()
}
