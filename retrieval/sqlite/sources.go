package sqlite

import (
	"context"
	"fmt"
	"iter"
)

// Sources yields the sources of the documents in order. It stops after an
// error.
func (c *Collection) Sources(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		rows, err := c.db.sql.QueryContext(ctx, `SELECT source FROM documents WHERE collection = ? ORDER BY source`, c.id)
		if err != nil {
			yield("", fmt.Errorf("list documents: %w", becauseOf(ctx, err)))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var source string
			if err := rows.Scan(&source); err != nil {
				yield("", fmt.Errorf("list documents: %w", becauseOf(ctx, err)))
				return
			}
			if !yield(source, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield("", fmt.Errorf("list documents: %w", becauseOf(ctx, err)))
		}
	}
}
