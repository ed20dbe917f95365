package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"selfrag/internal/quant"
	"selfrag/internal/vec"
)

// Dense search over chunks narrows the passages down in three steps: estimates
// from signs leave roughCandidates of them, or one of roughShare of the
// chunks' passages if that is more, estimates from whole codes leave
// fineCandidates(k), and of these the vectors are read from the file.
const (
	roughCandidates = 4096
	roughShare      = 64
)

func fineCandidates(k int) int { return 2*k + 64 }

// nearest returns the k passages whose vectors have the highest cosine with the
// unit vector q, best first. only restricts them to some passages; nil means
// all. The cosines are exact. That there is no better passage is certain for
// those outside chunks, and nearly so for the others.
func (c *Collection) nearest(ctx context.Context, tx *sql.Tx, q []float32, k int, only *allowed) ([]hit, error) {
	v, err := c.vectorsAt(ctx, tx)
	if err != nil || k < 1 {
		return nil, err
	}
	hits, err := v.exact(ctx, q, k, only)
	if err != nil || len(v.chunks) == 0 {
		return hits, err
	}
	candidates, err := v.candidates(ctx, q, k, only)
	if err != nil {
		return nil, err
	}
	scored, err := c.scored(ctx, tx, q, candidates)
	if err != nil {
		return nil, err
	}
	hits = append(hits, scored...)
	slices.SortFunc(hits, compare)
	return hits[:min(k, len(hits))], nil
}

// candidates returns the numbers of passages in chunks, ascending, that are
// probably among the k nearest.
func (v *vectors) candidates(ctx context.Context, q []float32, k int, only *allowed) ([]int64, error) {
	turned := slices.Clone(q)
	v.rotation.Apply(turned)
	s := scan{v: v, query: quant.NewQuery(turned), bases: make([]float32, len(v.chunks)), only: only}
	passages := 0
	for i, k := range v.chunks {
		s.bases[i] = vec.Dot(q, k.centre)
		passages += k.passages
	}
	fine := fineCandidates(k)
	rough := max(roughCandidates, passages/roughShare, 2*fine)
	pools := make([]*pool, min(runtime.GOMAXPROCS(0), len(v.chunks)))
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for w := range pools {
		pools[w] = newPool(rough)
		g.Go(func() error {
			for i := int(next.Add(1)) - 1; i < len(v.chunks); i = int(next.Add(1)) - 1 {
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
	all = best(all, rough)
	for i, c := range all {
		all[i].score = s.bases[c.chunk] + v.chunks[c.chunk].codes.Fine(s.query, int(c.at))
	}
	all = best(all, fine)
	ids := make([]int64, len(all))
	for i, c := range all {
		ids[i] = v.chunks[c.chunk].ids[c.at]
	}
	slices.Sort(ids)
	return ids, nil
}

// scan compares the signs of vectors with a query.
type scan struct {
	v     *vectors
	query *quant.Query
	bases []float32 // inner products of the query with the centres of the chunks
	only  *allowed
}

// chunk offers the passages of the i-th chunk.
func (s *scan) chunk(i int, to *pool) {
	k, base := s.v.chunks[i], s.bases[i]
	gone := s.v.removed.from[k.id]
	var scores [scanBlock]float32
	if s.only != nil {
		for _, at := range s.only.within(k.run).ordinals(k.ids) {
			if !gone.has(int(at)) {
				k.codes.Coarse(s.query, int(at), scores[:1])
				to.offer(candidate{base + scores[0], int32(i), at}) //nolint:gosec // memory cannot hold that many chunks
			}
		}
		return
	}
	for from := 0; from < k.passages; from += scanBlock {
		block := scores[:min(scanBlock, k.passages-from)]
		k.codes.Coarse(s.query, from, block)
		for j, score := range block {
			if score+base >= to.least && !gone.has(from+j) {
				to.offer(candidate{base + score, int32(i), int32(from + j)}) //nolint:gosec // as above
			}
		}
	}
}

// scored returns the passages with their cosines with the unit vector q.
func (c *Collection) scored(ctx context.Context, tx *sql.Tx, q []float32, ids []int64) ([]hit, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	size := 4 * len(q)
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT j.value, substr(v.vectors, (j.value - v.first) * ?2 + 1, ?2)
		FROM json_each(?1) j CROSS JOIN vectors_%[1]d v
		ON v.first = (SELECT max(first) FROM vectors_%[1]d WHERE first <= j.value)`, c.id), string(list), size)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	hits := make([]hit, 0, len(ids))
	unit := make([]float32, 0, len(q))
	var raw sql.RawBytes
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id, &raw); err != nil {
			return nil, err
		}
		if len(raw) != size { // removed by an earlier version of the program, which records no removals
			continue
		}
		unit = appendDecoded(unit[:0], raw)
		hits = append(hits, hit{id, float64(vec.Dot(q, unit))})
	}
	return hits, rows.Err()
}
