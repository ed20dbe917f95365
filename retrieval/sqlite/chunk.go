package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"selfrag/internal/quant"
	"selfrag/internal/vec"
)

// leastCoded is the least number of dimensions of which vectors have codes. The
// error of an estimate grows as dimensions get fewer, and short vectors are
// compared quickly anyway.
const leastCoded = 64

// chunk is a run of passages whose vectors have codes. The vectors of many
// embedders are close together, so the codes are those of what is different
// between them: the rotated vectors without their mean. The inner product of a
// query q with a vector x is that of q with the centre c, of c with x-c, and of
// q-c with x-c, and only the last, of two short vectors, is estimated.
type chunk struct {
	places
	centre []float32 // mean of the rotated vectors when the chunk was written
	codes  *quant.Codes
}

func codesTable(collection int64) string { return fmt.Sprintf("codes_%d", collection) }

// newChunk codes vectors, one after another in flat, which it overwrites.
func newChunk(at places, flat []float32, rotation *quant.Rotation) *chunk {
	dimensions := len(flat) / len(at.ids)
	k := &chunk{places: at, centre: make([]float32, dimensions), codes: quant.NewCodes(dimensions, len(at.ids))}
	sums := make([]float64, dimensions)
	for v := range slices.Chunk(flat, dimensions) {
		rotation.Apply(v)
		for i, x := range v {
			sums[i] += float64(x)
		}
	}
	for i, sum := range sums {
		k.centre[i] = float32(sum / float64(len(at.ids)))
	}
	for v := range slices.Chunk(flat, dimensions) {
		for i, x := range k.centre {
			v[i] -= x
		}
		k.codes.Add(v, vec.Dot(k.centre, v))
	}
	return k
}

// write adds the chunk to the codes of a collection.
func (k *chunk) write(ctx context.Context, tx *sql.Tx, collection int64) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf(
		`INSERT INTO %s (first, last, passages, since, numbers, centre, codes) VALUES (?, ?, ?, ?, ?, ?, ?)`, codesTable(collection)),
		k.first, k.last, k.passages, k.since, encodeIDs(k.ids), appendEncoded(nil, k.centre), k.codes.Append(nil))
	return err
}

// readChunk reads the chunk of a run.
func readChunk(ctx context.Context, tx *sql.Tx, collection int64, dimensions int, r run) (*chunk, error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`SELECT numbers, centre, codes FROM %s WHERE id = ?`, codesTable(collection)), r.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, cmp.Or(rows.Err(), errBroken)
	}
	var numbers, centre, codes sql.RawBytes
	if err := rows.Scan(&numbers, &centre, &codes); err != nil {
		return nil, err
	}
	k := &chunk{centre: appendDecoded(make([]float32, 0, dimensions), centre)}
	if k.places, _, err = r.places(numbers); err != nil {
		return nil, err
	}
	if len(k.centre) != dimensions {
		return nil, errBroken
	}
	if k.codes, err = quant.Decode(dimensions, r.passages, codes); err != nil {
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	return k, rows.Err()
}
