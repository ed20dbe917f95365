package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"selfrag/retrieval"
)

// ErrUnknownDocument is retrieval.ErrUnknownDocument.
var ErrUnknownDocument = retrieval.ErrUnknownDocument

// Collection is a named set of documents with one embedder. A document is
// identified by its source: two files with the same content are two documents.
type Collection struct {
	db   *DB
	id   int64
	name string
	spec retrieval.EmbedderSpec
	// generation counts the collection's embedders: it says which of them spec
	// is.
	generation int64

	// written counts the passages that were written or removed since the runs
	// were brought up to date.
	written atomic.Int64

	// What searches keep in memory.
	vectors  *snapshots[*vectors]
	lexicon  *snapshots[*lexicon]
	filtered *filterCache
}

var _ retrieval.Store = (*Collection)(nil)

// DocumentInfo describes a document of a collection for people.
type DocumentInfo = retrieval.DocumentInfo

// Spec returns the embedder that the collection was made for.
func (c *Collection) Spec() retrieval.EmbedderSpec { return c.spec }

// Info describes the collection. The error wraps retrieval.ErrUnknownCollection
// if the collection has been deleted.
func (c *Collection) Info(ctx context.Context) (retrieval.CollectionInfo, error) {
	var info retrieval.CollectionInfo
	err := c.db.read(ctx, func(tx *sql.Tx) error {
		mine := c.db.catalogue(tx)
		infos, err := mine.describe(ctx, c.id)
		if err != nil {
			return err
		}
		if len(infos) == 0 {
			return mine.unknown(ctx)
		}
		info = infos[0]
		return nil
	})
	if err != nil {
		return info, fmt.Errorf("describe collection %q: %w", c.name, err)
	}
	return info, nil
}

// Hash returns the Document.ID, the hash of the content, with which the source
// was last stored.
func (c *Collection) Hash(ctx context.Context, source string) (id string, found bool, err error) {
	doc, found, err := c.Document(ctx, source)
	return doc.ID, found, err
}

// Document returns the document with the given source as it was stored, without
// its text.
func (c *Collection) Document(ctx context.Context, source string) (doc retrieval.Document, found bool, err error) {
	doc.Source = source
	var metadata string
	err = c.db.sql.QueryRowContext(ctx,
		`SELECT hash, title, metadata FROM documents WHERE collection = ? AND source = ?`, c.id, source).
		Scan(&doc.ID, &doc.Title, &metadata)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return doc, false, nil
	case err == nil:
		doc.Metadata, err = decodeMetadata(metadata)
	}
	if err != nil {
		return doc, false, fmt.Errorf("look up document %s: %w", source, becauseOf(ctx, err))
	}
	return doc, true, nil
}

// Text returns the full text of the document that a passage was cut from. The
// passage's offsets refer to this text. The document is named by both
// Passage.Document and Passage.Source, so that offsets are never applied to a
// text that has changed since. An empty document id means the current text. The
// error wraps ErrUnknownDocument if there is no such document.
func (c *Collection) Text(ctx context.Context, documentID, source string) (string, error) {
	var id, text string
	err := c.db.sql.QueryRowContext(ctx,
		`SELECT hash, text FROM documents WHERE collection = ? AND source = ?`, c.id, source).Scan(&id, &text)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", fmt.Errorf("%w: %s is not in collection %q", ErrUnknownDocument, source, c.name)
	case err != nil:
		return "", fmt.Errorf("read the text of %s: %w", source, becauseOf(ctx, err))
	case documentID != "" && documentID != id:
		return "", fmt.Errorf("%w: %s has changed since: search again", ErrUnknownDocument, source)
	}
	return text, nil
}

// Documents lists the documents, ordered by source.
func (c *Collection) Documents(ctx context.Context) ([]DocumentInfo, error) {
	rows, err := c.db.sql.QueryContext(ctx, `SELECT source, hash, title,
		(SELECT count(*) FROM passages WHERE document = d.id)
		FROM documents d WHERE collection = ? ORDER BY source`, c.id)
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", becauseOf(ctx, err))
	}
	defer rows.Close()
	var docs []DocumentInfo
	for rows.Next() {
		var d DocumentInfo
		if err := rows.Scan(&d.Source, &d.ID, &d.Title, &d.Passages); err != nil {
			return nil, fmt.Errorf("list documents: %w", becauseOf(ctx, err))
		}
		docs = append(docs, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list documents: %w", becauseOf(ctx, err))
	}
	return docs, nil
}

func encodeMetadata(m map[string]any) (string, error) {
	if len(m) == 0 {
		return "{}", nil
	}
	b, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("encode metadata: %w", err)
	}
	return string(b), nil
}

// decodeMetadata returns nil for an empty object.
func decodeMetadata(s string) (map[string]any, error) {
	var m map[string]any
	if s == "{}" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		return nil, fmt.Errorf("decode metadata: %w", err)
	}
	return m, nil
}
