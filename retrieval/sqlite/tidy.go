package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"selfrag/internal/quant"
)

// runPassages is the number of passages of a new run. Passages outside runs are
// searched in memory, exactly and quickly, but each process reads them first:
// 8,192 of 384 dimensions in about 50 ms.
const runPassages = 8192

// mergeAtOnce is the number of neighbouring segments of about the same size
// that are merged into one. A question's terms are looked up in each segment,
// and each merge writes the postings of its segments again.
const mergeAtOnce = 8

// tidying brings the runs of a collection up to date: it forms runs of the
// passages that were added, and writes runs again from which many were removed.
type tidying struct {
	collection int64
	dimensions int
	passages   int // number of passages of a new run

	left int // number of passages that are in no run, after the last step
}

func newTidying(collection int64, dimensions, passages int) *tidying {
	return &tidying{collection: collection, dimensions: dimensions, passages: passages}
}

// tidy runs all steps, each in a transaction of its own. It may be interrupted
// and begun again at any time.
func (db *file) tidy(ctx context.Context, t *tidying) error {
	for {
		more := false
		err := db.write(ctx, func(tx *sql.Tx) (err error) {
			if more, err = t.step(ctx, tx); err != nil || !more {
				return err
			}
			// Searches have the runs in memory. No passage was removed.
			_, err = tx.ExecContext(ctx, `UPDATE collections SET version = version + 1 WHERE id = ?`, t.collection)
			return err
		})
		if err != nil || !more {
			return err
		}
	}
}

// step does one thing that is to be done and reports whether there was any.
func (t *tidying) step(ctx context.Context, tx *sql.Tx) (bool, error) {
	for _, f := range []func(context.Context, *sql.Tx) (bool, error){t.addSegment, t.addChunk, t.merge, t.recode} {
		if did, err := f(ctx, tx); err != nil || did {
			return did, err
		}
	}
	return false, nil
}

// addSegment stores the postings of the passages behind the segments, if there
// are enough.
func (t *tidying) addSegment(ctx context.Context, tx *sql.Tx) (bool, error) {
	runs, err := runsOf(ctx, tx, segmentsTable(t.collection))
	if err != nil {
		return false, err
	}
	r, err := readTerms(ctx, tx, t.collection, lastOf(runs), t.passages)
	t.left = len(r.ids)
	if err != nil || len(r.ids) < t.passages && len(r.blocks) < segmentBytes {
		return false, err
	}
	since, err := lastRemoval(ctx, tx, t.collection)
	if err != nil {
		return false, err
	}
	sorted, err := newSegment(0, len(r.ids), r.blocks)
	if err != nil {
		return false, err
	}
	return true, storeSegment(ctx, tx, t.collection, &stored{places: newPlaces(r.ids, since), lengths: r.lengths}, sorted)
}

// addChunk codes the vectors of the passages behind the chunks, if there are
// enough.
func (t *tidying) addChunk(ctx context.Context, tx *sql.Tx) (bool, error) {
	if t.dimensions < leastCoded {
		return false, nil
	}
	runs, err := runsOf(ctx, tx, codesTable(t.collection))
	if err != nil {
		return false, err
	}
	v, err := t.readVectors(ctx, tx, fmt.Sprintf(`first > %d`, lastOf(runs)), t.passages)
	if err != nil || len(v.ids) < t.passages {
		return false, err
	}
	return true, t.code(ctx, tx, v)
}

// readVectors reads blocks of vectors that fulfil a condition, until they have
// the given number of passages.
func (t *tidying) readVectors(ctx context.Context, tx *sql.Tx, condition string, passages int) (*vectors, error) {
	v := &vectors{}
	return v, v.read(ctx, tx, t.collection, t.dimensions, condition, passages)
}

// code writes a chunk of vectors.
func (t *tidying) code(ctx context.Context, tx *sql.Tx, v *vectors) error {
	since, err := lastRemoval(ctx, tx, t.collection)
	if err != nil {
		return err
	}
	return newChunk(newPlaces(v.ids, since), v.flat, quant.NewRotation(t.dimensions)).write(ctx, tx, t.collection)
}
