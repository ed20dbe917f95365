package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// lexicon is what lexical searches of a collection keep in memory. The postings
// of most passages are in the file, in stored segments, and only the lengths of
// these passages are in memory. Passages that are in no segment yet have an
// inverted index in memory.
type lexicon struct {
	collection int64

	stored  []*stored
	removed *removed
	sorted  int64 // number of the last passage in a stored segment

	ids      []int64  // numbers of the passages behind it, ascending
	lengths  []uint32 // number of terms in each, repeats included
	segments []segment

	live  int    // number of all passages, without those that were removed
	total uint64 // sum of their lengths
}

// lexiconAt returns the inverted index as the transaction sees it.
func (c *Collection) lexiconAt(ctx context.Context, tx *sql.Tx) (*lexicon, error) {
	return c.lexicon.at(ctx, tx, func(earlier *lexicon, removal bool) (*lexicon, error) {
		return loadLexicon(ctx, tx, c.id, earlier, removal)
	})
}

// loadLexicon reads what earlier, which may be nil, does not have. removal says
// that passages may have been removed since.
func loadLexicon(ctx context.Context, tx *sql.Tx, collection int64, earlier *lexicon, removal bool) (*lexicon, error) {
	if earlier == nil {
		earlier = &lexicon{}
	}
	l := &lexicon{collection: collection}
	known := make(map[int64]*stored, len(earlier.stored))
	for _, s := range earlier.stored {
		known[s.id] = s
	}
	runs, err := runsOf(ctx, tx, segmentsTable(collection))
	if err != nil {
		return nil, err
	}
	at := make([]places, len(runs))
	for i, r := range runs {
		s, ok := known[r.id]
		if !ok {
			if s, err = readStored(ctx, tx, collection, r); err != nil {
				return nil, err
			}
		}
		l.stored, at[i] = append(l.stored, s), s.places
	}
	l.sorted = lastOf(runs)
	if l.removed, err = removedFrom(ctx, tx, collection, earlier.removed, at); err != nil {
		return nil, err
	}
	if l.sorted == earlier.sorted && !removal {
		l.ids, l.lengths, l.segments = earlier.ids, earlier.lengths, slices.Clone(earlier.segments)
	}
	if err := l.load(ctx, tx, collection); err != nil {
		return nil, err
	}
	l.count()
	return l, nil
}

// count sums up the passages that have not been removed.
func (l *lexicon) count() {
	l.live, l.total = len(l.ids), 0
	for _, n := range l.lengths {
		l.total += uint64(n)
	}
	for _, s := range l.stored {
		gone := l.removed.from[s.id]
		l.live += s.passages - gone.len()
		l.total += s.total
		gone.each(func(i int) { l.total -= uint64(s.lengths[i]) })
	}
}

// load appends the passages behind the stored segments that l lacks. Their
// numbers are above those that l has.
func (l *lexicon) load(ctx context.Context, tx *sql.Tx, collection int64) error {
	after := l.sorted
	if n := len(l.ids); n > 0 {
		after = l.ids[n-1]
	}
	for {
		more, err := l.loadSegment(ctx, tx, collection, after)
		if err != nil || !more {
			return err
		}
		after = l.ids[len(l.ids)-1]
	}
}

// loadSegment reads blocks that follow a passage, as many as fit in a segment,
// and reports whether there were any.
func (l *lexicon) loadSegment(ctx context.Context, tx *sql.Tx, collection, after int64) (bool, error) {
	r, err := readTerms(ctx, tx, collection, after, segmentPassages)
	if err != nil || len(r.ids) == 0 {
		return false, err
	}
	s, err := newSegment(len(l.ids), len(r.ids), r.blocks)
	if err != nil {
		return false, err
	}
	l.ids, l.lengths = append(l.ids, r.ids...), append(l.lengths, r.lengths...)
	l.segments = appendMerged(l.segments, s)
	return true, nil
}

// terms holds encoded blocks of neighbouring passages.
type terms struct {
	blocks  []byte
	ids     []int64
	lengths []uint32
}

// readTerms reads blocks that follow a passage, until they have the given
// number of passages or segmentBytes.
func readTerms(ctx context.Context, tx *sql.Tx, collection, after int64, passages int) (terms, error) {
	var r terms
	rows, err := tx.QueryContext(ctx,
		fmt.Sprintf(`SELECT first, terms FROM terms_%d WHERE first > ? ORDER BY first`, collection), after)
	if err != nil {
		return r, err
	}
	defer rows.Close()
	var raw sql.RawBytes
	for len(r.ids) < passages && len(r.blocks) < segmentBytes && rows.Next() {
		var next int64
		if err := rows.Scan(&next, &raw); err != nil {
			return r, err
		}
		r.blocks = append(r.blocks, raw...)
		err := eachCount(raw, func() {
			r.ids, r.lengths = append(r.ids, next), append(r.lengths, 0)
			next++
		}, func(_, n uint32) { r.lengths[len(r.lengths)-1] += n })
		if err != nil {
			return r, err
		}
	}
	return r, rows.Err()
}
