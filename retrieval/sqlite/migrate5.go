package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"selfrag/retrieval"
)

// addRuns adds the tables of runs to each collection and fills them.
func addRuns(ctx context.Context, tx *sql.Tx) error {
	collections, err := numbersOf(ctx, tx, `SELECT id FROM collections`)
	if err != nil {
		return err
	}
	for _, id := range collections {
		if err := addRunsTo(ctx, tx, id); err != nil {
			return fmt.Errorf("index collection %d in runs: %w", id, err)
		}
	}
	return nil
}

func addRunsTo(ctx context.Context, tx *sql.Tx, collection int64) error {
	var embedder string
	if err := tx.QueryRowContext(ctx, `SELECT embedder FROM collections WHERE id = ?`, collection).Scan(&embedder); err != nil {
		return err
	}
	var spec retrieval.EmbedderSpec
	if err := json.Unmarshal([]byte(embedder), &spec); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(runTables, collection)); err != nil {
		return err
	}
	for {
		more, err := newTidying(collection, spec.Dimensions, runPassages).step(ctx, tx)
		if err != nil || !more {
			return err
		}
	}
}
