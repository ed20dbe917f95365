package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"selfrag/internal/vec"
)

// vectors holds the unit vectors of a collection's passages.
type vectors struct {
	ids  []int64   // numbers of the passages, ascending
	flat []float32 // one vector after another
}

// vectorsAt returns the vectors as the transaction sees them.
func (c *Collection) vectorsAt(ctx context.Context, tx *sql.Tx) (*vectors, error) {
	return c.vectors.at(ctx, tx, func(earlier *vectors) (*vectors, error) {
		v := &vectors{}
		if earlier != nil {
			*v = *earlier
		}
		return v, v.load(ctx, tx, c.id, c.spec.Dimensions)
	})
}

// load appends the vectors that v lacks. Their numbers are above those that v
// has.
func (v *vectors) load(ctx context.Context, tx *sql.Tx, collection int64, dimensions int) error {
	after := int64(0)
	if n := len(v.ids); n > 0 {
		after = v.ids[n-1]
	} else {
		// Allocate the final size: growing could use up to twice the memory
		// permanently.
		var bytes int
		sum := fmt.Sprintf(`SELECT coalesce(sum(length(vectors)), 0) FROM vectors_%d`, collection)
		if err := tx.QueryRowContext(ctx, sum).Scan(&bytes); err != nil {
			return err
		}
		v.ids = make([]int64, 0, bytes/(4*dimensions))
		v.flat = make([]float32, 0, bytes/4)
	}
	rows, err := tx.QueryContext(ctx,
		fmt.Sprintf(`SELECT first, vectors FROM vectors_%d WHERE first > ? ORDER BY first`, collection), after)
	if err != nil {
		return err
	}
	defer rows.Close()
	var raw sql.RawBytes
	for rows.Next() {
		var first int64
		if err := rows.Scan(&first, &raw); err != nil {
			return err
		}
		if len(raw)%(4*dimensions) != 0 {
			return fmt.Errorf("%d bytes of vectors are stored where each has %d: delete the collection and ingest again to rebuild it",
				len(raw), 4*dimensions)
		}
		for i := range len(raw) / (4 * dimensions) {
			v.ids = append(v.ids, first+int64(i))
		}
		v.flat = appendDecoded(v.flat, raw)
	}
	return rows.Err()
}

// hit is a passage by its number, with its score.
type hit struct {
	id    int64
	score float64
}

// compare orders hits best first and ties by number, so that the order does not
// depend on how the work was divided.
func compare(a, b hit) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
}

// scanBlock is the number of vectors that are compared between checks of the
// context: about a tenth of a millisecond of work.
const scanBlock = 1024

// nearest returns the k passages whose vectors have the highest cosine with the
// unit vector q, best first. only restricts them to some passages; nil means
// all. It compares each of them, divided among GOMAXPROCS goroutines.
func (v *vectors) nearest(ctx context.Context, q []float32, k int, only *allowed) ([]hit, error) {
	ordinals, n := []int32(nil), len(v.ids)
	if only != nil {
		ordinals = only.ordinals(v.ids)
		n = len(ordinals)
	}
	workers := min(runtime.GOMAXPROCS(0), (n+scanBlock-1)/scanBlock)
	tops := make([]top, workers)
	g, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		g.Go(func() error {
			t := top{k: k}
			for from, end := w*n/workers, (w+1)*n/workers; from < end; from += scanBlock {
				if err := ctx.Err(); err != nil {
					return err
				}
				for i := from; i < min(from+scanBlock, end); i++ {
					at := i
					if ordinals != nil {
						at = int(ordinals[i])
					}
					t.offer(hit{v.ids[at], float64(vec.Dot(q, v.flat[at*len(q):(at+1)*len(q)]))})
				}
			}
			tops[w] = t
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return bestOf(tops, k), nil
}

// bestOf merges the best hits of several parts.
func bestOf(tops []top, k int) []hit {
	var all []hit
	for _, t := range tops {
		all = append(all, t.hits...)
	}
	slices.SortFunc(all, compare)
	return all[:min(k, len(all))]
}
