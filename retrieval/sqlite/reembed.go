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

// newVectors creates the table for the vectors of the embedder that a
// collection is being changed over to; %[1]d is the collection's number. Its
// rows correspond to those of the table of the vectors in use.
const newVectors = `
CREATE TABLE new_vectors_%[1]d (
	first   INTEGER PRIMARY KEY,
	vectors BLOB NOT NULL
) STRICT;
`

// Reembedding changes a collection over to another embedder. It collects the
// new vectors beside those in use, and Finish puts them in their place. Until
// then the collection is searched and written as before. The collected vectors
// stay in the file, so that another process can continue the change.
//
// It is not safe for concurrent use. Two Reembeddings of one collection, in two
// processes, do the same work twice but do no harm.
type Reembedding struct {
	db       *DB
	id       int64
	name     string
	spec     retrieval.EmbedderSpec
	embedder string // spec as JSON, as in the catalogue
	done     bool   // nothing to change, or already changed

	first    int64 // of the block that Next returned last
	passages int   // number of passages in that block
}

// Reembed begins or continues the change of the collection with the given name
// to another embedder. It drops what was collected for any other embedder. If
// spec is the collection's own embedder, that is all it does. The error wraps
// retrieval.ErrUnknownCollection if there is no such collection.
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

// reembedding returns the embedder, as JSON, that a collection is being changed
// over to. It returns "" if there is no change.
func (c catalogue) reembedding(ctx context.Context, id int64) (string, error) {
	var embedder sql.NullString
	err := c.tx.QueryRowContext(ctx, `SELECT new_embedder FROM collections WHERE id = ?`, id).Scan(&embedder)
	return embedder.String, err
}

// reembed records the embedder that a collection is being changed over to, in
// place of an earlier one, and drops what was collected for the earlier one.
// Either may be empty for none.
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

// Next returns passages without a new vector, at most 64, and the number of all
// such passages. It returns none if every passage has a new vector.
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

// check returns an error if another run has finished the change or changed its
// embedder.
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

// missing returns the first block without new vectors, or 0 if there is none.
// Blocks of documents that were put since come last.
func (r *Reembedding) missing(ctx context.Context, tx *sql.Tx) (first int64, err error) {
	err = tx.QueryRowContext(ctx, fmt.Sprintf(
		`SELECT first FROM terms_%[1]d WHERE first NOT IN (SELECT first FROM new_vectors_%[1]d) ORDER BY first LIMIT 1`, r.id)).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return first, err
}

// block reads the fields to embed of the passages of a block. A block reaches
// from its first passage to the next block, within one document.
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

// Add stores the new vectors of the passages that Next returned last, in the
// same order. It scales them to unit length. It skips passages that have been
// removed meanwhile.
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
// one transaction, and reports whether it did. It does so only if every passage
// has a new vector, including passages that were put meanwhile. From then on
// everyone who has the collection open gets a *retrieval.EmbedderMismatchError
// and must open it again.
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
			DELETE FROM codes_%[1]d;
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
	if r.done {
		// Searches work without the codes, and the next write tries again.
		_ = r.db.tidy(ctx, newTidying(r.id, r.spec.Dimensions, r.db.runPassages))
	}
	return r.done, nil
}
