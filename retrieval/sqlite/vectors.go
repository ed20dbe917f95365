package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"selfrag/internal/quant"
)

// vectors is what dense searches of a collection keep in memory: the codes of
// the passages that are in chunks, and the unit vectors of those that are not
// yet.
type vectors struct {
	rotation *quant.Rotation
	chunks   []*chunk
	removed  *removed
	coded    int64 // number of the last passage in a chunk

	ids  []int64   // numbers of the passages behind it, ascending
	flat []float32 // their vectors, one after another
}

// vectorsAt returns the vectors as the transaction sees them.
func (c *Collection) vectorsAt(ctx context.Context, tx *sql.Tx) (*vectors, error) {
	return c.vectors.at(ctx, tx, func(earlier *vectors, removal bool) (*vectors, error) {
		return loadVectors(ctx, tx, c.id, c.spec.Dimensions, earlier, removal)
	})
}

// loadVectors reads what earlier, which may be nil, does not have. removal says
// that passages may have been removed since.
func loadVectors(ctx context.Context, tx *sql.Tx, collection int64, dimensions int, earlier *vectors, removal bool) (*vectors, error) {
	if earlier == nil {
		earlier = &vectors{rotation: quant.NewRotation(dimensions)}
	}
	v := &vectors{rotation: earlier.rotation}
	known := make(map[int64]*chunk, len(earlier.chunks))
	for _, k := range earlier.chunks {
		known[k.id] = k
	}
	runs, err := runsOf(ctx, tx, codesTable(collection))
	if err != nil {
		return nil, err
	}
	at := make([]places, len(runs))
	for i, r := range runs {
		k, ok := known[r.id]
		if !ok {
			if k, err = readChunk(ctx, tx, collection, dimensions, r); err != nil {
				return nil, err
			}
		}
		v.chunks, at[i] = append(v.chunks, k), k.places
	}
	v.coded = lastOf(runs)
	if v.removed, err = removedFrom(ctx, tx, collection, earlier.removed, at); err != nil {
		return nil, err
	}
	if v.coded == earlier.coded && !removal {
		v.ids, v.flat = earlier.ids, earlier.flat
	}
	return v, v.load(ctx, tx, collection, dimensions)
}

// load appends the vectors behind the chunks that v lacks. Their numbers are
// above those that v has.
func (v *vectors) load(ctx context.Context, tx *sql.Tx, collection int64, dimensions int) error {
	after := v.coded
	if n := len(v.ids); n > 0 {
		after = v.ids[n-1]
	} else {
		// Allocate the final size: growing could use up to twice the memory
		// permanently.
		var bytes int
		sum := fmt.Sprintf(`SELECT coalesce(sum(length(vectors)), 0) FROM vectors_%d WHERE first > ?`, collection)
		if err := tx.QueryRowContext(ctx, sum, after).Scan(&bytes); err != nil {
			return err
		}
		v.ids = make([]int64, 0, bytes/(4*dimensions))
		v.flat = make([]float32, 0, bytes/4)
	}
	return v.read(ctx, tx, collection, dimensions, fmt.Sprintf(`first > %d`, after), math.MaxInt)
}

// read appends the vectors of blocks that fulfil a condition, until there are most
// passages or more.
func (v *vectors) read(ctx context.Context, tx *sql.Tx, collection int64, dimensions int, condition string, most int) error {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`SELECT first, vectors FROM vectors_%d WHERE %s ORDER BY first`, collection, condition))
	if err != nil {
		return err
	}
	defer rows.Close()
	var raw sql.RawBytes
	for len(v.ids) < most && rows.Next() {
		var first int64
		if err := rows.Scan(&first, &raw); err != nil {
			return err
		}
		if err := v.add(first, raw, dimensions); err != nil {
			return err
		}
	}
	return rows.Err()
}

// add appends the vectors of a block.
func (v *vectors) add(first int64, block []byte, dimensions int) error {
	size := 4 * dimensions
	if len(block)%size != 0 {
		return fmt.Errorf("%d bytes of vectors are stored where each has %d: delete the collection and ingest again to rebuild it",
			len(block), size)
	}
	for i := range len(block) / size {
		v.ids = append(v.ids, first+int64(i))
	}
	v.flat = appendDecoded(v.flat, block)
	return nil
}
