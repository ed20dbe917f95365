package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"selfrag/internal/quant"
)

// leastCoded is the least number of dimensions of which vectors have codes. The
// error of an estimate grows as dimensions get fewer, and short vectors are
// compared quickly anyway.
const leastCoded = 64

// chunk is a run of passages whose vectors have codes.
type chunk struct {
	places
	centre []float32 // mean of the vectors when the chunk was written
	codes  *quant.Codes
}

func codesTable(collection int64) string { return fmt.Sprintf("codes_%d", collection) }

// newChunk codes vectors, one after another in flat, which it overwrites. Their
// mean is taken off first: the vectors of many embedders are close together,
// and codes then tell what is different between them.
func newChunk(at places, flat []float32, rotation *quant.Rotation) *chunk {
	dimensions := len(flat) / len(at.ids)
	k := &chunk{places: at, centre: make([]float32, dimensions), codes: quant.NewCodes(dimensions, len(at.ids))}
	sums := make([]float64, dimensions)
	for i, x := range flat {
		sums[i%dimensions] += float64(x)
	}
	for i, sum := range sums {
		k.centre[i] = float32(sum / float64(len(at.ids)))
	}
	for ; len(flat) > 0; flat = flat[dimensions:] {
		v := flat[:dimensions]
		for i, x := range k.centre {
			v[i] -= x
		}
		rotation.Apply(v)
		k.codes.Add(v)
	}
	return k
}

// write adds the chunk to the codes of a collection.
func (k *chunk) write(ctx context.Context, tx *sql.Tx, collection int64) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf(
		`INSERT INTO %s (first, last, passages, since, numbers, centre, codes) VALUES (?, ?, ?, ?, ?, ?, ?)`, codesTable(collection)),
		k.first, k.last, k.passages, k.since, appendIDs(nil, k.ids), appendEncoded(nil, k.centre), k.codes.Append(nil))
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
		return nil, firstError(rows.Err(), errBroken)
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

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
