package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"selfrag/retrieval"
)

// newVectors is the table of the vectors of the embedder that a collection is
// being changed over to; %[1]d is the collection's number. Its rows are those of
// the table of the vectors in use.
const newVectors = `
CREATE TABLE new_vectors_%[1]d (
	first   INTEGER PRIMARY KEY,
	vectors BLOB NOT NULL
) STRICT;
`

// Reembedding changes a collection over to another embedder: it gathers the new
// vectors beside those in use, and Finish puts them in their place. Until then
// the collection is searched and written as before. What was gathered stays in
// the file, so that another process can go on with it.
//
// It is not safe for concurrent use. Two of one collection, in two processes,
// do the same work twice and no harm.
type Reembedding struct {
	db       *DB
	id       int64
	name     string
	spec     retrieval.EmbedderSpec
	embedder string // spec as JSON, as the catalogue has it
	done     bool   // there is nothing to change, or it is changed

	first    int64 // of the block that Next returned last
	passages int   // in that block
}

// Reembed begins to change the collection of that name over to another
// embedder, or goes on with it. What was gathered for a third embedder is
// dropped; with the collection's own embedder this is all that it does. The
// error wraps retrieval.ErrUnknownCollection when there is no collection of
// that name.
func (db *DB) Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (*Reembedding, error) {
	spec.Metric = cmp.Or(spec.Metric, "cosine")
	r := &Reembedding{db: db, name: name, spec: spec}
	if err := r.begin(ctx); err != nil {
		return nil, fmt.Errorf("re-embed collection %q: %w", name, err)
	}
	return r, nil
}

func (r *Reembedding) begin(ctx context.Context) error {
	if err := retrieval.CheckSpec(r.spec); err != nil {
		return err
	}
	if r.spec.Dimensions == 0 {
		return errors.New("the embedder makes no vectors")
	}
	raw, err := json.Marshal(r.spec)
	if err != nil {
		return err
	}
	r.embedder = string(raw)
	return r.db.write(ctx, func(tx *sql.Tx) error {
		mine := r.db.catalogue(tx)
		row, err := mine.find(ctx, r.name)
		if errors.Is(err, sql.ErrNoRows) {
			return mine.unknown(ctx)
		}
		if err != nil {
			return err
		}
		r.id = row.id
		under, err := mine.reembedding(ctx, r.id)
		if err != nil {
			return err
		}
		r.done = row.embedder == r.embedder
		switch {
		case under == r.embedder:
			return nil
		case r.done:
			return mine.reembed(ctx, r.id, under, "")
		}
		return mine.reembed(ctx, r.id, under, r.embedder)
	})
}

// reembedding is the embedder, as JSON, that a collection is being changed over
// to; empty when it is not.
func (c catalogue) reembedding(ctx context.Context, id int64) (string, error) {
	var embedder sql.NullString
	err := c.tx.QueryRowContext(ctx, `SELECT new_embedder FROM collections WHERE id = ?`, id).Scan(&embedder)
	return embedder.String, err
}

// reembed notes the embedder that a collection is being changed over to, in
// place of an earlier one, and drops what was gathered for that one. Each is
// empty for none.
func (c catalogue) reembed(ctx context.Context, id int64, earlier, embedder string) error {
	statements := ""
	if earlier != "" {
		statements = fmt.Sprintf("DROP TABLE new_vectors_%d;", id)
	}
	if embedder != "" {
		statements += fmt.Sprintf(newVectors, id)
	}
	if _, err := c.tx.ExecContext(ctx, statements); err != nil {
		return err
	}
	_, err := c.tx.ExecContext(ctx, `UPDATE collections SET new_embedder = nullif(?, '') WHERE id = ?`, embedder, id)
	return err
}

// Next returns passages that have no new vector yet, 64 at most, and how many
// have none in all. It returns none when every passage has one.
func (r *Reembedding) Next(ctx context.Context) (passages []retrieval.Passage, left int, err error) {
	if r.done {
		return nil, 0, nil
	}
	err = r.db.read(ctx, func(tx *sql.Tx) (err error) {
		if err := r.check(ctx, tx); err != nil {
			return err
		}
		if r.first, err = r.missing(ctx, tx); err != nil || r.first == 0 {
			return err
		}
		if passages, err = r.block(ctx, tx); err != nil {
			return err
		}
		left, err = r.left(ctx, tx)
		return err
	})
	r.passages = len(passages)
	if err != nil {
		return nil, 0, fmt.Errorf("re-embed collection %q: %w", r.name, err)
	}
	return passages, left, nil
}

// check refuses to go on when another run has changed what there is to do.
func (r *Reembedding) check(ctx context.Context, tx *sql.Tx) error {
	under, err := r.db.catalogue(tx).reembedding(ctx, r.id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return r.db.catalogue(tx).unknown(ctx)
	case err != nil:
		return err
	case under != r.embedder:
		return errors.New("another run has finished it or changed its embedder meanwhile")
	}
	return nil
}

// missing is the first block without new vectors; 0 when there is none. A block
// of a document that was put since is behind the others.
func (r *Reembedding) missing(ctx context.Context, tx *sql.Tx) (first int64, err error) {
	err = tx.QueryRowContext(ctx, fmt.Sprintf(
		`SELECT first FROM terms_%[1]d WHERE first NOT IN (SELECT first FROM new_vectors_%[1]d) ORDER BY first LIMIT 1`, r.id)).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return first, err
}

// block reads what is embedded of the passages of a block: from its first to
// the next block's, of the same document.
func (r *Reembedding) block(ctx context.Context, tx *sql.Tx) ([]retrieval.Passage, error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT p.name, d.source, p.title, p.text FROM passages p JOIN documents d ON d.id = p.document
		WHERE p.id >= ?1 AND p.id < ?1 + %[1]d AND p.id < coalesce((SELECT min(first) FROM terms_%[2]d WHERE first > ?1), ?1 + %[1]d)
			AND p.document = (SELECT document FROM passages WHERE id = ?1)
		ORDER BY p.id`, blockPassages, r.id), r.first)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var passages []retrieval.Passage
	for rows.Next() {
		var p retrieval.Passage
		if err := rows.Scan(&p.ID, &p.Source, &p.Title, &p.Text); err != nil {
			return nil, err
		}
		passages = append(passages, p)
	}
	return passages, rows.Err()
}

func (r *Reembedding) left(ctx context.Context, tx *sql.Tx) (n int, err error) {
	err = tx.QueryRowContext(ctx, fmt.Sprintf(`
		SELECT (SELECT count(*) FROM passages WHERE collection = ?) -
			(SELECT coalesce(sum(length(vectors)), 0) / ? FROM new_vectors_%[1]d WHERE first IN (SELECT first FROM terms_%[1]d))`, r.id),
		r.id, 4*r.spec.Dimensions).Scan(&n)
	return n, err
}

// Add stores the new vectors of the passages that Next returned last, in their
// order. They are scaled to unit length. Passages that were removed meanwhile
// are passed over.
func (r *Reembedding) Add(ctx context.Context, vectors [][]float32) error {
	if err := r.add(ctx, vectors); err != nil {
		return fmt.Errorf("re-embed collection %q: %w", r.name, err)
	}
	return nil
}

func (r *Reembedding) add(ctx context.Context, vectors [][]float32) error {
	if len(vectors) != r.passages {
		return fmt.Errorf("there are %d vectors for %d passages", len(vectors), r.passages)
	}
	var encoded []byte
	for i, v := range vectors {
		unit, err := retrieval.UnitVector(v, r.spec.Dimensions)
		if err != nil {
			return fmt.Errorf("vector %d of %d: %w", i+1, len(vectors), err)
		}
		encoded = appendEncoded(encoded, unit)
	}
	return r.db.write(ctx, func(tx *sql.Tx) error {
		if err := r.check(ctx, tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`
			INSERT INTO new_vectors_%[1]d (first, vectors) SELECT first, ?2 FROM terms_%[1]d WHERE first = ?1
			ON CONFLICT (first) DO NOTHING`, r.id), r.first, encoded)
		return err
	})
}

// Finish makes the new vectors and their embedder those of the collection, in
// one transaction, and reports whether it did: passages that were put meanwhile
// must have their vectors first. Whoever has the collection open gets a
// *retrieval.EmbedderMismatchError from then on and must open it again.
func (r *Reembedding) Finish(ctx context.Context) (bool, error) {
	if r.done {
		return true, nil
	}
	err := r.db.write(ctx, func(tx *sql.Tx) error {
		if err := r.check(ctx, tx); err != nil {
			return err
		}
		first, err := r.missing(ctx, tx)
		if err != nil || first != 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf(`
			DELETE FROM new_vectors_%[1]d WHERE first NOT IN (SELECT first FROM terms_%[1]d);
			DROP TABLE vectors_%[1]d;
			ALTER TABLE new_vectors_%[1]d RENAME TO vectors_%[1]d;`, r.id))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE collections SET embedder = new_embedder, new_embedder = NULL,
			generation = generation + 1, version = version + 1, removals = removals + 1 WHERE id = ?`, r.id)
		r.done = err == nil
		return err
	})
	if err != nil {
		r.done = false
		return false, fmt.Errorf("re-embed collection %q: %w", r.name, err)
	}
	return r.done, nil
}
