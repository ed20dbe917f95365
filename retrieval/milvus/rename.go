package milvus

import (
	"context"
	"errors"
	"fmt"

	"selfrag/retrieval"
)

// Rename gives the document with the source from the source to. Its text and
// vectors stay. Its passages get the ids of retrieval.RenamedPassage. The error
// wraps retrieval.ErrUnknownDocument if there is no document from, and
// retrieval.ErrTaken if there is a document to. Rename stores the document
// under its new source before it removes the old one, so a killed Rename leaves
// both.
func (c *Collection) Rename(ctx context.Context, from, to string) error {
	if err := c.rename(ctx, from, to); err != nil {
		return fmt.Errorf("rename document %s: %w", from, err)
	}
	return nil
}

func (c *Collection) rename(ctx context.Context, from, to string) error {
	if err := retrieval.CheckRename(from, to); err != nil {
		return err
	}
	switch taken, err := c.documentRow(ctx, to, strong); {
	case err != nil:
		return err
	case len(taken.texts(fieldDocument)) > 0:
		return fmt.Errorf("%w: there is a document %s", retrieval.ErrTaken, to)
	}
	doc, passages, vectors, err := c.stored(ctx, from)
	if err != nil {
		return err
	}
	doc.Source = to
	for i := range passages {
		passages[i].ID, passages[i].Source = retrieval.RenamedPassage(passages[i].ID, to), to
	}
	if err := c.put(ctx, doc, passages, vectors); err != nil {
		return err
	}
	return c.remove(ctx, from)
}

// stored returns a document with its text, its passages and their vectors.
func (c *Collection) stored(ctx context.Context, source string) (doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32, err error) {
	doc, found, err := c.Document(ctx, source)
	if err == nil && !found {
		err = fmt.Errorf("%w: it is not in collection %q", retrieval.ErrUnknownDocument, c.name)
	}
	if err != nil {
		return doc, nil, nil, err
	}
	if doc.Text, err = c.Text(ctx, doc.ID, source); err != nil {
		return doc, nil, nil, err
	}
	rows, err := c.db.server.query(ctx, c.passages, c.db.scope.rows(fieldSourceKey, key(source)), strong, append(passageFields(), fieldVector)...)
	if err != nil {
		return doc, nil, nil, err
	}
	n := len(rows.texts(fieldName))
	if passages, err = passagesOf(hits{rows: rows, scores: make([]float32, n)}); err != nil {
		return doc, nil, nil, err
	}
	vectors = rows.vectors(fieldVector)
	if c.spec.Dimensions == 0 {
		vectors = make([][]float32, n) // the rows have a vector that stands for none
	}
	if len(vectors) != n {
		return doc, nil, nil, fmt.Errorf("the server gave %d vectors for %d passages", len(vectors), n)
	}
	return doc, passages, vectors, nil
}

// Rename gives the collection with the name from the name to. The keys of its
// rows depend on its name, so Rename copies them. The error wraps
// retrieval.ErrUnknownCollection if there is no collection from, and
// retrieval.ErrTaken if there is a collection to. A killed Rename leaves the
// collection from complete and a collection to that may lack documents.
func (db *DB) Rename(ctx context.Context, from, to string) error {
	if err := db.rename(ctx, from, to); err != nil {
		return fmt.Errorf("rename collection %q: %w", from, err)
	}
	return nil
}

func (db *DB) rename(ctx context.Context, from, to string) error {
	if err := retrieval.CheckName(to); err != nil {
		return err
	}
	old, err := db.open(ctx, from)
	if err != nil {
		return err
	}
	if err := old.writable(ctx, strong); err != nil {
		return err
	}
	switch taken, err := db.find(ctx, to); {
	case err != nil:
		return err
	case taken != nil:
		return fmt.Errorf("%w: there is a collection %q", retrieval.ErrTaken, to)
	}
	fresh, err := db.create(ctx, to, old.spec)
	if err != nil {
		return err
	}
	documents, err := old.Documents(ctx)
	for _, d := range documents {
		if err != nil {
			break
		}
		err = old.copyTo(ctx, fresh, d.Source)
	}
	if err == nil {
		return db.delete(ctx, from)
	}
	// What was copied must not stay as a collection that lacks documents.
	return errors.Join(err, db.delete(context.WithoutCancel(ctx), to))
}

func (c *Collection) copyTo(ctx context.Context, other *Collection, source string) error {
	doc, passages, vectors, err := c.stored(ctx, source)
	if err == nil {
		err = other.put(ctx, doc, passages, vectors)
	}
	if err != nil {
		return fmt.Errorf("copy document %s: %w", source, err)
	}
	return nil
}
