package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"selfrag/retrieval"
)

// addTenantsAndIndex makes the names of collections unique per tenant instead
// of per file, and indexes the terms and vectors of all passages again, in
// blocks. Before, the terms were in FTS5 and each vector had a row.
func addTenantsAndIndex(ctx context.Context, tx *sql.Tx) error {
	// The sequence is kept, so that no number of a collection is used again.
	_, err := tx.ExecContext(ctx, `
CREATE TABLE collections_new (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant   TEXT NOT NULL DEFAULT '',
	name     TEXT NOT NULL,
	embedder TEXT NOT NULL,
	created  TEXT NOT NULL,
	version  INTEGER NOT NULL DEFAULT 0,
	removals INTEGER NOT NULL DEFAULT 0,
	UNIQUE (tenant, name)
) STRICT;
INSERT INTO collections_new (id, name, embedder, created, version, removals)
	SELECT id, name, embedder, created, version, removals FROM collections;
INSERT INTO sqlite_sequence (name, seq)
	SELECT 'collections_new', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'collections_new');
UPDATE sqlite_sequence SET seq = max(seq, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'collections'), 0))
	WHERE name = 'collections_new';
DROP TABLE collections;
ALTER TABLE collections_new RENAME TO collections;`)
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, `SELECT id FROM collections`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var collections []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		collections = append(collections, id)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range collections {
		if err := indexAnew(ctx, tx, id); err != nil {
			return fmt.Errorf("index collection %d anew: %w", id, err)
		}
	}
	return nil
}

func indexAnew(ctx context.Context, tx *sql.Tx, collection int64) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf(`
		DROP TABLE terms_%[1]d;
		ALTER TABLE vectors_%[1]d RENAME TO old_vectors_%[1]d;`+collectionTables, collection))
	if err != nil {
		return err
	}
	// Only one block at a time is in memory. A block must not span two
	// documents, because it is removed with its document.
	var b block
	document, last := int64(0), int64(0)
	for {
		rows, err := readPassages(ctx, tx, collection, last)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if len(b.passages) == blockPassages || r.document != document || r.id != last+1 {
				if err := b.write(ctx, tx, collection); err != nil {
					return err
				}
				b = block{first: r.id}
			}
			b.add(r.Searchable(), r.vector)
			document, last = r.document, r.id
		}
		if len(rows) == 0 {
			break
		}
	}
	if err := b.write(ctx, tx, collection); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf(`DROP TABLE old_vectors_%d`, collection))
	return err
}

type oldPassage struct {
	retrieval.Passage
	id, document int64
	vector       []byte
}

// readPassages reads the passages that follow last.
func readPassages(ctx context.Context, tx *sql.Tx, collection, last int64) ([]oldPassage, error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT p.id, p.document, p.title, p.text, v.vector
		FROM passages p LEFT JOIN old_vectors_%d v ON v.passage = p.id
		WHERE +p.collection = ? AND p.id > ? ORDER BY p.id LIMIT 1000`, collection), collection, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var passages []oldPassage
	for rows.Next() {
		var p oldPassage
		if err := rows.Scan(&p.id, &p.document, &p.Title, &p.Text, &p.vector); err != nil {
			return nil, err
		}
		passages = append(passages, p)
	}
	return passages, rows.Err()
}
