//go:build unix

package sqlite

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"selfrag/internal/processtest"
	"selfrag/retrieval"
)

// exactScan compares questions with every vector of a collection.
type exactScan struct {
	questions [][]float32
	used      time.Duration // processor time of the comparisons without a filter
}

// recall returns how much of the exact best 20 dense search finds.
func (e *exactScan) recall(b *testing.B, c *Collection, f retrieval.Filter) float64 {
	b.Helper()
	tops := make([]top, len(e.questions))
	for i := range tops {
		tops[i].k = 20
	}
	err := c.db.read(b.Context(), func(tx *sql.Tx) error {
		only, err := c.allowedBy(b.Context(), tx, f)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(b.Context(), fmt.Sprintf(`SELECT first, vectors FROM vectors_%d ORDER BY first`, c.id))
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
			block := &vectors{}
			if err := block.add(first, raw, benchDimensions); err != nil {
				return err
			}
			may := only
			if only != nil {
				may = only.within(run{first: first, last: block.ids[len(block.ids)-1]})
			}
			used := processtest.ProcessorTime(b)
			for i, q := range e.questions {
				hits, err := block.exact(b.Context(), q, 20, may)
				if err != nil {
					return err
				}
				for _, h := range hits {
					tops[i].offer(h)
				}
			}
			if f == nil {
				e.used += processtest.ProcessorTime(b) - used
			}
		}
		return rows.Err()
	})
	if err != nil {
		b.Fatal(err)
	}
	var found, all float64
	for i, q := range e.questions {
		hits := bestOf(tops[i:i+1], 20)
		passages, err := c.Dense(b.Context(), retrieval.Request{Vector: q, K: 20, Filter: f})
		if err != nil {
			b.Fatal(err)
		}
		for j, p := range passages {
			if p.Score >= hits[len(hits)-1].score && j < len(hits) {
				found++
			}
		}
		all += float64(len(hits))
	}
	return found / all
}
