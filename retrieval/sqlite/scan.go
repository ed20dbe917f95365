package sqlite

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"selfrag/internal/quant"
	"selfrag/internal/vec"
)

// scan compares a query with the codes of chunks.
type scan struct {
	v       *vectors
	turned  []float32 // the query, rotated
	only    *allowed
	bases   []float32      // inner products of the query with the centres of the chunks
	queries []*quant.Query // the query without these centres
	bounds  []bounds       // of the chunks
}

// bounds holds the upper bounds of the scores of a chunk's passages.
type bounds struct {
	scores []float32
	places []int32 // of their passages in the chunk; nil: they are of all, in order
}

// none is the bound of a passage that is not to be found.
const none float32 = -math.MaxFloat32

func (b bounds) place(i int32) int32 {
	if b.places == nil {
		return i
	}
	return b.places[i]
}

func newScan(v *vectors, q []float32, only *allowed) *scan {
	turned := slices.Clone(q)
	v.rotation.Apply(turned)
	n := len(v.chunks)
	return &scan{
		v: v, turned: turned, only: only, bases: make([]float32, n), queries: make([]*quant.Query, n), bounds: make([]bounds, n),
	}
}

// bound sets the bounds of all chunks, divided among GOMAXPROCS goroutines, and
// returns the n passages with the highest.
func (s *scan) bound(ctx context.Context, n int) ([]candidate, error) {
	pools := make([]*pool, min(runtime.GOMAXPROCS(0), len(s.v.chunks)))
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for w := range pools {
		pools[w] = newPool(n)
		g.Go(func() error {
			for i := int(next.Add(1)) - 1; i < len(s.v.chunks); i = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				s.chunk(i, pools[w])
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var all []candidate
	for _, p := range pools {
		all = append(all, p.items...)
	}
	return best(all, n), nil
}

// chunk sets the bounds of the i-th chunk and offers its passages.
func (s *scan) chunk(i int, to *pool) {
	k := s.v.chunks[i]
	base := vec.Dot(s.turned, k.centre)
	apart := make([]float32, len(k.centre))
	for j, x := range s.turned {
		apart[j] = x - k.centre[j]
	}
	query := quant.NewQuery(apart)
	s.bases[i], s.queries[i] = base, query
	var b bounds
	if s.only == nil {
		b.scores = make([]float32, k.passages)
		k.codes.Bounds(query, 0, b.scores)
	} else {
		b.places = s.only.within(k.run).ordinals(k.ids)
		b.scores = make([]float32, len(b.places))
		for j, at := range b.places {
			k.codes.Bounds(query, int(at), b.scores[j:j+1])
		}
	}
	gone := s.v.removed.from[k.id]
	for j := range b.scores {
		b.scores[j] += base
		if b.scores[j] < to.least {
			continue
		}
		if at := int32(j); gone.has(int(b.place(at))) { //nolint:gosec // a chunk has few passages
			b.scores[j] = none
		} else {
			to.offer(candidate{b.scores[j], int32(i), at}) //nolint:gosec // memory cannot hold that many chunks
		}
	}
	// Those below the least score of that time may be looked at again.
	gone.each(func(at int) {
		if b.places == nil {
			b.scores[at] = none
		} else if j, ok := slices.BinarySearch(b.places, int32(at)); ok { //nolint:gosec // as above
			b.scores[j] = none
		}
	})
	s.bounds[i] = b
}

// compare sets the scores of candidates to estimates from their whole codes,
// divided among GOMAXPROCS goroutines.
func (s *scan) compare(ctx context.Context, candidates []candidate) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for part := range slices.Chunk(candidates, scanBlock) {
		g.Go(func() error {
			for i, c := range part {
				at := s.bounds[c.chunk].place(c.at)
				part[i].score = s.bases[c.chunk] + s.v.chunks[c.chunk].codes.Fine(s.queries[c.chunk], int(at))
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}
