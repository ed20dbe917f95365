package sqlite

import (
	"cmp"
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// hit is a passage by its number, with its score.
type hit struct {
	id    int64
	score float64
}

// compare orders hits best first, ties by number, so that the order is the
// same however the work was divided.
func compare(a, b hit) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
}

// scanBlock is how many vectors are compared between looks at the context:
// about a tenth of a millisecond's work.
const scanBlock = 1024

// nearest returns the k passages whose vectors have the highest cosine with
// the unit vector q, best first. It compares all of them, divided over
// GOMAXPROCS goroutines.
func (s *snapshot) nearest(ctx context.Context, q []float32, k int) ([]hit, error) {
	n := len(s.ids)
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
					t.offer(hit{s.ids[i], float64(dot(q, s.flat[i*len(q):(i+1)*len(q)]))})
				}
			}
			tops[w] = t
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var all []hit
	for _, t := range tops {
		all = append(all, t.hits...)
	}
	slices.SortFunc(all, compare)
	return all[:min(k, len(all))], nil
}
