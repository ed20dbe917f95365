package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"selfrag/retrieval"
)

// catalogue is the only way to a tenant's collections in a transaction: it has
// all statements that look for a collection, and they see only those of the
// tenant. Other statements use a collection's number, which comes from here.
type catalogue struct {
	tx     *sql.Tx
	tenant string
}

func (db *DB) catalogue(tx *sql.Tx) catalogue { return catalogue{tx, db.tenant} }

// collectionRow is a collection's row in the catalogue.
type collectionRow struct {
	id         int64
	generation int64 // counts changes of the embedder
	embedder   string
	spec       retrieval.EmbedderSpec // decoded from embedder
}

// find looks up a collection. The error is sql.ErrNoRows if there is none.
func (c catalogue) find(ctx context.Context, name string) (row collectionRow, err error) {
	err = c.tx.QueryRowContext(ctx, `SELECT id, generation, embedder FROM collections WHERE tenant = ? AND name = ?`, c.tenant, name).
		Scan(&row.id, &row.generation, &row.embedder)
	if err != nil {
		return row, err
	}
	return row, json.Unmarshal([]byte(row.embedder), &row.spec)
}

func (c catalogue) insert(ctx context.Context, name string, spec retrieval.EmbedderSpec) (int64, error) {
	embedder, err := json.Marshal(spec)
	if err != nil {
		return 0, err
	}
	res, err := c.tx.ExecContext(ctx, `INSERT INTO collections (tenant, name, embedder, created) VALUES (?, ?, ?, ?)`,
		c.tenant, name, string(embedder), time.Now().UTC().Format(time.RFC3339))
	if err != nil {
		return 0, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return 0, err
	}
	_, err = c.tx.ExecContext(ctx, fmt.Sprintf(collectionTables+runTables, id))
	return id, err
}

func (c catalogue) remove(ctx context.Context, id int64) error {
	_, err := c.tx.ExecContext(ctx, fmt.Sprintf(`
		DROP TABLE vocabulary_%[1]d;
		DROP TABLE terms_%[1]d;
		DROP TABLE vectors_%[1]d;
		DROP TABLE IF EXISTS new_vectors_%[1]d;
		DROP TABLE codes_%[1]d;
		DROP TABLE segments_%[1]d;
		DROP TABLE postings_%[1]d;
		DROP TABLE removed_%[1]d;
		DELETE FROM collections WHERE id = ? AND tenant = ?`, id), id, c.tenant)
	return err
}

// describe describes the collections for people, ordered by name: all of them,
// or only those with one of the ids.
func (c catalogue) describe(ctx context.Context, ids ...int64) ([]retrieval.CollectionInfo, error) {
	which, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.QueryContext(ctx, `SELECT name, embedder, created,
		(SELECT count(*) FROM documents WHERE collection = c.id),
		(SELECT count(*) FROM passages WHERE collection = c.id),
		(SELECT count(*) - count(DISTINCT hash) FROM documents WHERE collection = c.id)
		FROM collections c WHERE tenant = ? AND (? OR id IN (SELECT value FROM json_each(?))) ORDER BY name`,
		c.tenant, len(ids) == 0, string(which))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var infos []retrieval.CollectionInfo
	for rows.Next() {
		var info retrieval.CollectionInfo
		var embedder string
		var copies int
		if err := rows.Scan(&info.Name, &embedder, &info.Created, &info.Documents, &info.Passages, &copies); err != nil {
			return nil, err
		}
		info.Copies = &copies
		if err := json.Unmarshal([]byte(embedder), &info.Embedder); err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return infos, rows.Err()
}

// unknown returns an error that says that a collection does not exist and lists
// those that do.
func (c catalogue) unknown(ctx context.Context) error {
	infos, err := c.describe(ctx)
	if err != nil {
		return err
	}
	if len(infos) == 0 {
		return fmt.Errorf("%w: there is none yet; ingest documents first", retrieval.ErrUnknownCollection)
	}
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i] = info.Name
	}
	return fmt.Errorf("%w: there are %s", retrieval.ErrUnknownCollection, strings.Join(names, ", "))
}
