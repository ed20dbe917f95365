package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
)

// recode codes a chunk again from which more than a third of the passages were
// removed, or neighbouring ones that together have few passages left.
func (t *tidying) recode(ctx context.Context, tx *sql.Tx) (bool, error) {
	runs, err := runsOf(ctx, tx, codesTable(t.collection))
	if err != nil {
		return false, err
	}
	live, err := t.live(ctx, tx, runs)
	if err != nil {
		return false, err
	}
	for i, r := range runs {
		left, to := live[i], i+1
		for ; to < len(runs) && left+live[to] <= t.passages; to++ {
			left += live[to]
		}
		if to == i+1 && 3*(r.passages-live[i]) <= r.passages {
			continue
		}
		// All passages of the range that are left are in these chunks.
		v, err := t.readVectors(ctx, tx, fmt.Sprintf(`first BETWEEN %d AND %d`, r.first, runs[to-1].last), left+1)
		if err != nil {
			return false, err
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf(`DELETE FROM %s WHERE first BETWEEN ? AND ?`, codesTable(t.collection)), r.first, runs[to-1].first)
		if err != nil {
			return false, err
		}
		if len(v.ids) > 0 {
			if err := t.code(ctx, tx, v); err != nil {
				return false, err
			}
		}
		return true, t.forget(ctx, tx)
	}
	return false, nil
}

// live returns the number of passages of each run that have not been removed.
func (t *tidying) live(ctx context.Context, tx *sql.Tx, runs []run) ([]int, error) {
	live := make([]int, len(runs))
	for i, r := range runs {
		live[i] = r.passages
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`SELECT id, first, passages FROM removed_%d`, t.collection))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, first, passages int64
		if err := rows.Scan(&id, &first, &passages); err != nil {
			return nil, err
		}
		i := sort.Search(len(runs), func(i int) bool { return runs[i].last >= first })
		for ; i < len(runs) && runs[i].first < first+passages; i++ {
			if r := runs[i]; id > r.since {
				live[i] -= int(min(first+passages, r.last+1) - max(first, r.first))
			}
		}
	}
	return live, rows.Err()
}

// forget deletes the removals that no run needs any more.
func (t *tidying) forget(ctx context.Context, tx *sql.Tx) error {
	const needed = ` AND NOT EXISTS (SELECT 1 FROM %s WHERE since < r.id AND first < r.first + r.passages AND last >= r.first)`
	_, err := tx.ExecContext(ctx, fmt.Sprintf(`DELETE FROM removed_%d AS r WHERE true`+needed+needed,
		t.collection, codesTable(t.collection), segmentsTable(t.collection)))
	return err
}

// merge merges neighbouring segments of about the same size, or writes one anew
// of which more than half was removed.
func (t *tidying) merge(ctx context.Context, tx *sql.Tx) (bool, error) {
	runs, err := runsOf(ctx, tx, segmentsTable(t.collection))
	if err != nil {
		return false, err
	}
	live, err := t.live(ctx, tx, runs)
	if err != nil {
		return false, err
	}
	from, to := toMerge(runs, live, t.passages)
	if from == to {
		return false, nil
	}
	var segments []*stored
	var at []places
	for _, r := range runs[from:to] {
		s, err := readStored(ctx, tx, t.collection, r)
		if err != nil {
			return false, err
		}
		segments, at = append(segments, s), append(at, s.places)
	}
	gone, err := removedFrom(ctx, tx, t.collection, nil, at)
	if err != nil {
		return false, err
	}
	if err := mergeStored(ctx, tx, t.collection, segments, gone); err != nil {
		return false, err
	}
	return true, t.forget(ctx, tx)
}

// toMerge returns the range of segments to merge, of which live passages are
// left each. It is empty if there are none. Segments are merged with neighbours
// of about the same size or less, so that each posting is written again only
// once per power of mergeAtOnce.
func toMerge(runs []run, live []int, passages int) (from, to int) {
	highest := 0
	for i, r := range runs {
		if 2*live[i] < r.passages {
			return i, i + 1
		}
		highest = max(highest, sizeLevel(live[i], passages))
	}
	for level := range highest + 1 {
		from, same, sum := 0, 0, 0
		for i, n := range live {
			if sizeLevel(n, passages) > level || sum+n > segmentPassages {
				from, same, sum = i+1, 0, 0
				continue
			}
			sum += n
			if sizeLevel(n, passages) == level {
				same++
			}
			if same == mergeAtOnce || i+1-from == (level+2)*mergeAtOnce {
				return from, i + 1
			}
		}
	}
	return 0, 0
}

// sizeLevel returns how often segments of a new run's size have been merged to
// one of n passages.
func sizeLevel(n, passages int) int {
	level := 0
	for most := mergeAtOnce / 2 * passages; n > most; most *= mergeAtOnce {
		level++
	}
	return level
}
