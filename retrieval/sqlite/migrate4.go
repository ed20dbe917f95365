package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"selfrag/retrieval"
)

// countTermsAnew indexes the terms of all passages anew, since text.Terms has
// other rules. The vectors stay, and the terms stay in the same blocks as they.
func countTermsAnew(ctx context.Context, tx *sql.Tx) error {
	collections, err := numbersOf(ctx, tx, `SELECT id FROM collections`)
	if err != nil {
		return err
	}
	for _, id := range collections {
		if err := countCollectionAnew(ctx, tx, id); err != nil {
			return fmt.Errorf("index the terms of collection %d anew: %w", id, err)
		}
	}
	return nil
}

func countCollectionAnew(ctx context.Context, tx *sql.Tx, collection int64) error {
	blocks, err := numbersOf(ctx, tx, fmt.Sprintf(`SELECT first FROM terms_%d ORDER BY first`, collection))
	if err != nil {
		return err
	}
	for _, first := range blocks {
		b := block{first: first}
		var encoded []byte
		row := tx.QueryRowContext(ctx, fmt.Sprintf(`SELECT terms FROM terms_%d WHERE first = ?`, collection), first)
		if err := row.Scan(&encoded); err != nil {
			return err
		}
		passages := 0
		if err := eachCount(encoded, func() { passages++ }, func(uint32, uint32) {}); err != nil {
			return err
		}
		if err := b.addStored(ctx, tx, passages); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, fmt.Sprintf(`DELETE FROM terms_%d WHERE first = ?`, collection), first); err != nil {
			return err
		}
		if err := b.write(ctx, tx, collection); err != nil {
			return err
		}
	}
	return nil
}

// addStored adds the passages that are stored from the block's first on.
func (b *block) addStored(ctx context.Context, tx *sql.Tx, passages int) error {
	rows, err := tx.QueryContext(ctx, `SELECT title, text FROM passages WHERE id >= ? AND id < ? ORDER BY id`, b.first, b.first+int64(passages))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p retrieval.Passage
		if err := rows.Scan(&p.Title, &p.Text); err != nil {
			return err
		}
		b.add(p.Searchable(), nil)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(b.passages) != passages {
		return errBroken
	}
	return nil
}

func numbersOf(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]int64, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var numbers []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, rows.Err()
}
