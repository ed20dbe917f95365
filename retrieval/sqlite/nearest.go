package sqlite

import (
	"cmp"
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"selfrag/internal/vec"
)

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

// exact returns the k passages outside chunks whose vectors have the highest
// cosine with the unit vector q, best first. only restricts them to some
// passages; nil means all. It compares each of them, divided among GOMAXPROCS
// goroutines.
func (v *vectors) exact(ctx context.Context, q []float32, k int, only *allowed) ([]hit, error) {
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
