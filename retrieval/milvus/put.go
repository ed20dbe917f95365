package milvus

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"selfrag/retrieval"
)

// pieceBytes is the maximum size of the text in one row of a document's text.
const pieceBytes = 32 << 10

// Put stores a document with its passages and their vectors in place of the
// document of the same source. vectors[i] is the vector of passages[i]; vectors
// are scaled to unit length. After Put has returned nil, the whole document is
// stored. The package documentation says what a killed Put leaves.
//
// Put returns an error and changes nothing for whatever retrieval.CheckDocument
// and retrieval.UnitVector return an error for, for a passage id that another
// document of the collection has, and for a passage with a field of more than
// 65,535 bytes, which Milvus cannot store.
func (c *Collection) Put(ctx context.Context, doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) error {
	if err := c.put(ctx, doc, passages, vectors); err != nil {
		return fmt.Errorf("store document %s: %w", doc.Source, err)
	}
	return nil
}

func (c *Collection) put(ctx context.Context, doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) error {
	metadata, err := checkRecord(doc)
	if err != nil {
		return err
	}
	if err := retrieval.CheckDocument(doc, passages); err != nil {
		return err
	}
	rows, err := c.prepare(doc, passages, vectors)
	if err != nil {
		return err
	}
	level := c.freshness(doc.Source)
	if err := c.writable(ctx, session); err != nil {
		return err
	}
	if err := c.checkOwners(ctx, doc.Source, rows); err != nil {
		return err
	}
	before, err := c.sourceRows(ctx, doc.Source, level)
	if err != nil {
		return err
	}
	c.touch(doc.Source)
	defer c.touch(doc.Source) // another goroutine may have summed up the lengths meanwhile
	// Without its row a document counts as not stored, until all of it is.
	if len(before.record) > 0 {
		if err := c.db.server.remove(ctx, c.db.records(), before.record); err != nil {
			return err
		}
	}
	pieces := c.pieces(doc)
	if err := c.db.writeRecords(ctx, pieces...); err != nil {
		return err
	}
	if err := c.writePassages(ctx, rows); err != nil {
		return err
	}
	if err := c.removeOthers(ctx, before, rows, pieces); err != nil {
		return err
	}
	terms := 0
	for _, r := range rows {
		terms += r.terms
	}
	// A change of the embedder that begins later will see what is acknowledged
	// now.
	if err := c.writable(ctx, bounded); err != nil {
		return err
	}
	return c.db.writeRecords(ctx, record{
		id: c.document(doc.Source), kind: kindDocument, collection: c.key, source: key(doc.Source), version: key(doc.ID),
		passages: len(rows), terms: terms, name: doc.Source, document: doc.ID, title: doc.Title, metadata: metadata,
	})
}

// Remove removes the document with the given source. The error wraps
// retrieval.ErrUnknownDocument if there is none; Remove still removes what a
// killed Put has left of it.
func (c *Collection) Remove(ctx context.Context, source string) error {
	if err := c.remove(ctx, source); err != nil {
		return fmt.Errorf("remove document %s: %w", source, err)
	}
	return nil
}

func (c *Collection) remove(ctx context.Context, source string) error {
	if err := c.writable(ctx, session); err != nil {
		return err
	}
	rows, err := c.sourceRows(ctx, source, strong)
	if err != nil {
		return err
	}
	c.touch(source)
	defer c.touch(source)
	if err := c.db.server.remove(ctx, c.db.records(), rows.record); err != nil {
		return err
	}
	if err := c.removeOthers(ctx, rows, nil, nil); err != nil {
		return err
	}
	if len(rows.record) == 0 {
		return fmt.Errorf("%w: it is not in collection %q", retrieval.ErrUnknownDocument, c.name)
	}
	return nil
}

// sourceRows holds the keys of the rows of a source.
type sourceRows struct{ record, pieces, passages []rowID }

func (c *Collection) sourceRows(ctx context.Context, source string, level consistency) (sourceRows, error) {
	var rows sourceRows
	found, err := c.db.server.query(ctx, c.db.records(),
		c.db.scope.rows(fieldCollection, c.key, fieldSourceKey, key(source)), level, fieldID, fieldKind)
	if err != nil {
		return rows, err
	}
	kinds := found.texts(fieldKind)
	for i, id := range found.ids() {
		if kinds[i] == kindDocument {
			rows.record = append(rows.record, id)
		} else {
			rows.pieces = append(rows.pieces, id)
		}
	}
	found, err = c.db.server.query(ctx, c.passages, c.db.scope.rows(fieldSourceKey, key(source)), level, fieldID)
	rows.passages = found.ids()
	return rows, err
}

// removeOthers removes the previous passages and pieces of the source that are
// not among the new ones.
func (c *Collection) removeOthers(ctx context.Context, before sourceRows, rows []row, pieces []record) error {
	keep := make(map[rowID]bool, len(rows)+len(pieces))
	for _, r := range rows {
		keep[r.id] = true
	}
	for _, p := range pieces {
		keep[p.id] = true
	}
	without := func(ids []rowID) (rest []rowID) {
		for _, id := range ids {
			if !keep[id] {
				rest = append(rest, id)
			}
		}
		return rest
	}
	if err := c.db.server.remove(ctx, c.passages, without(before.passages)); err != nil {
		return err
	}
	return c.db.server.remove(ctx, c.db.records(), without(before.pieces))
}

// checkOwners returns an error for passage ids that another document has.
func (c *Collection) checkOwners(ctx context.Context, source string, rows []row) error {
	own := key(source)
	for from := 0; from < len(rows); from += c.db.server.cfg.MaxRows {
		part := rows[from:min(from+c.db.server.cfg.MaxRows, len(rows))]
		ids := make([]rowID, len(part))
		for i, r := range part {
			ids[i] = r.id
		}
		found, err := c.db.server.query(ctx, c.passages, c.db.scope.these(ids), c.db.server.level(c.passages), fieldSourceKey, fieldName)
		if err != nil {
			return err
		}
		names := found.texts(fieldName)
		for i, owner := range found.texts(fieldSourceKey) {
			if owner != own {
				return fmt.Errorf("the collection has a passage with id %q already", names[i])
			}
		}
	}
	return nil
}

func checkRecord(doc retrieval.Document) ([]byte, error) {
	for _, f := range []struct{ name, text string }{{"source", doc.Source}, {"id", doc.ID}, {"title", doc.Title}} {
		switch {
		case len(f.text) > maxBytes:
			return nil, fmt.Errorf("its %s has %d bytes, and Milvus takes at most %d", f.name, len(f.text), maxBytes)
		case !utf8.ValidString(f.text):
			return nil, errors.New("its " + f.name + " is not valid UTF-8")
		}
	}
	return encodeMetadata(doc.Metadata)
}

// pieces returns the rows of a document's text, which is cut between runes.
func (c *Collection) pieces(doc retrieval.Document) []record {
	var pieces []record
	for text := doc.Text; text != "" || len(pieces) == 0; {
		end := len(text)
		if end > pieceBytes {
			for end = pieceBytes; !utf8.RuneStart(text[end]); end-- {
			}
		}
		n := len(pieces)
		pieces = append(pieces, record{
			id: c.db.scope.id(kindText, c.name, doc.Source, doc.ID, fmt.Sprint(n)), kind: kindText, collection: c.key,
			source: key(doc.Source), version: key(doc.ID), part: n, text: text[:end],
		})
		text = text[end:]
	}
	return pieces
}

func (c *Collection) writePassages(ctx context.Context, rows []row) error {
	server := c.db.server
	for from := 0; from < len(rows); {
		to := server.batch(from, len(rows), func(i int) int { return rows[i].bytes() })
		if err := server.upsert(ctx, c.passages, c.columns(rows[from:to])); err != nil {
			return err
		}
		from = to
	}
	return nil
}
