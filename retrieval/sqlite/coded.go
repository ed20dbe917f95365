package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"selfrag/internal/vec"
)

// Dense search over chunks narrows the passages down in three steps:
//   - The signs give an upper bound of each score. Those with the highest bounds,
//     firstCandidates(k) of them, are compared by their whole codes. This gives
//     the score that a passage needs.
//   - All others whose bounds reach that score are compared by their whole codes,
//     but not more than one of leastShare of the passages. Up to leastCandidates
//     are compared in any case: comparing a whole code takes 0.2 us.
//   - Of those that may be among the best k by these estimates, at most
//     fineCandidates(k), the vectors are read from the file. This takes 10 to 100
//     us each, because the vectors of up to 64 passages are read for one.
const (
	leastCandidates = 8192
	leastShare      = 16
)

func firstCandidates(k int) int { return 4*k + 128 }

func fineCandidates(k int) int { return 3*k + 128 }

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
	s := newScan(v, q, only)
	first, err := s.bound(ctx, firstCandidates(k))
	if err != nil {
		return nil, err
	}
	if err := s.compare(ctx, first); err != nil {
		return nil, err
	}
	passages := 0
	for _, b := range s.bounds {
		passages += len(b.scores)
	}
	least := none / 2
	if len(first) >= k && passages > leastCandidates {
		least = lowest(best(first, k))
	}
	for _, c := range first { // they are compared already
		s.bounds[c.chunk].scores[c.at] = none
	}
	kept := fineCandidates(k)
	all := newPool(max(leastCandidates, passages/leastShare, 2*kept))
	for i, b := range s.bounds {
		for j, score := range b.scores {
			if score >= least && score >= all.least {
				all.offer(candidate{score, int32(i), int32(j)}) //nolint:gosec // memory cannot hold that many chunks
			}
		}
	}
	others := best(all.items, all.keep)
	if err := s.compare(ctx, others); err != nil {
		return nil, err
	}
	chosen := best(append(first, others...), kept)
	least = none
	if len(chosen) >= k {
		least = lowest(best(chosen, k))
	}
	ids := make([]int64, 0, len(chosen))
	for _, c := range chosen {
		in, at := v.chunks[c.chunk], int(s.bounds[c.chunk].place(c.at))
		if c.score+in.codes.Slack(s.queries[c.chunk], at) >= least {
			ids = append(ids, in.ids[at])
		}
	}
	slices.Sort(ids)
	return ids, nil
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
