package milvus

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"selfrag/retrieval"
)

// Collection is a named set of documents with one embedder. A document is
// identified by its source: two files with the same content are two documents.
type Collection struct {
	db       *DB
	name     string
	key      string // key in the records
	passages string // name of the Milvus collection
	spec     retrieval.EmbedderSpec
	// generation counts the collection's embedders: it says which of them spec
	// is.
	generation int

	mu      sync.Mutex
	touched map[string]bool // keys of the sources that this process has written
	lengths lengths
	checked time.Time // last time that the embedder was verified
}

var _ retrieval.Store = (*Collection)(nil)

func (db *DB) collection(name string, f found) *Collection {
	c := &Collection{
		db: db, name: name, spec: f.spec, generation: f.generation, key: collectionKey(name), touched: map[string]bool{}, checked: time.Now(),
	}
	hash := key(name, f.spec.Model, strconv.Itoa(f.spec.Dimensions), f.spec.Metric)
	if f.generation > 0 {
		// A collection may change to the same embedder with other prompts or
		// pooling.
		hash = key(name, f.embedder, strconv.Itoa(f.generation))
	}
	c.passages = db.server.cfg.Prefix + "_p_" + hash
	return c
}

func collectionKey(name string) string { return key("collection", name) }

// record returns the primary key of the collection's row.
func (c *Collection) record() rowID { return c.db.scope.id(kindCollection, c.name) }

// document returns the primary key of a document's row.
func (c *Collection) document(source string) rowID {
	return c.db.scope.id(kindDocument, c.name, source)
}

// Spec returns the embedder that the collection was made for.
func (c *Collection) Spec() retrieval.EmbedderSpec { return c.spec }

// Info describes the collection. The error wraps retrieval.ErrUnknownCollection
// if the collection has been deleted.
func (c *Collection) Info(ctx context.Context) (retrieval.CollectionInfo, error) {
	infos, err := c.db.list(ctx)
	if err == nil {
		for _, info := range infos {
			if info.Name == c.name {
				return info, nil
			}
		}
		err = c.db.unknown(ctx)
	}
	return retrieval.CollectionInfo{}, fmt.Errorf("describe collection %q: %w", c.name, err)
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
	rows, err := c.documentRow(ctx, source, c.freshness(source))
	if err != nil {
		return doc, false, fmt.Errorf("look up document %s: %w", source, err)
	}
	doc.Source = source
	if len(rows.texts(fieldDocument)) == 0 {
		return doc, false, nil
	}
	doc.ID, doc.Title = rows.texts(fieldDocument)[0], rows.texts(fieldTitle)[0]
	if doc.Metadata, err = decodeMetadata(rows.json(fieldMetadata)[0]); err != nil {
		return doc, false, fmt.Errorf("look up document %s: %w", source, err)
	}
	return doc, true, nil
}

func (c *Collection) documentRow(ctx context.Context, source string, level consistency) (table, error) {
	w := c.db.scope.these([]rowID{c.document(source)})
	return c.db.server.query(ctx, c.db.records(), w, level, fieldDocument, fieldTitle, fieldMetadata)
}

// freshness returns the consistency level for reading the rows of a source. The
// server already knows everything that was written before the collection was
// opened, so only our own writes to this source matter. Waiting for all our
// writes would take tenths of a second for each document.
func (c *Collection) freshness(source string) consistency {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.touched[source] {
		return session
	}
	return eventual
}

func (c *Collection) touch(source string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.touched[source] = true
	c.lengths = lengths{}
}

// recheck is how long a verified embedder counts as current. A change of the
// embedder waits longer than recheck and staleness together.
const recheck = time.Second

// current returns an error if the collection was deleted or now has another
// embedder, because its passages are then in another place.
func (c *Collection) current(ctx context.Context) error {
	c.mu.Lock()
	fresh := time.Since(c.checked) < recheck
	c.mu.Unlock()
	if fresh {
		return nil
	}
	_, err := c.look(ctx, bounded)
	return err
}

// writable is like current, but also returns an error while the embedder is
// being changed.
func (c *Collection) writable(ctx context.Context, level consistency) error {
	f, err := c.look(ctx, level)
	if err == nil && f.other != nil && !f.ready {
		return fmt.Errorf("%w, %s: `selfrag collections reembed %s --embedder %s` finishes that, and --embedder %s gives it up",
			retrieval.ErrReembedding, f.other.spec.Model, c.name, f.other.spec.Model, f.spec.Model)
	}
	return err
}

func (c *Collection) look(ctx context.Context, level consistency) (*found, error) {
	at := time.Now()
	f, err := c.db.findAt(ctx, c.name, level)
	switch {
	case err != nil:
		return nil, err
	case f == nil:
		return nil, c.db.unknown(ctx)
	case f.generation != c.generation:
		return nil, fmt.Errorf("its embedder was changed since it was opened: %w",
			&retrieval.EmbedderMismatchError{Collection: c.name, Have: f.spec, Want: c.spec})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checked = at
	return f, nil
}

// catchUp waits until the server knows all earlier writes.
func (c *Collection) catchUp(ctx context.Context) error {
	none := c.db.scope.these([]rowID{c.record()})
	for _, name := range []string{c.passages, c.db.records()} {
		if _, err := c.db.server.query(ctx, name, none, strong, fieldID); err != nil {
			return err
		}
	}
	return nil
}

// Text returns the full text of the document that a passage was cut from. The
// passage's offsets refer to this text. The document is named by both
// Passage.Document and Passage.Source, so that offsets are never applied to a
// text that has changed since. An empty document id means the current text. The
// error wraps retrieval.ErrUnknownDocument if there is no such document.
func (c *Collection) Text(ctx context.Context, documentID, source string) (string, error) {
	rows, err := c.documentRow(ctx, source, strong)
	if err != nil {
		return "", fmt.Errorf("read the text of %s: %w", source, err)
	}
	ids := rows.texts(fieldDocument)
	switch {
	case len(ids) == 0:
		return "", fmt.Errorf("%w: %s is not in collection %q", retrieval.ErrUnknownDocument, source, c.name)
	case documentID != "" && documentID != ids[0]:
		return "", fmt.Errorf("%w: %s has changed since: search again", retrieval.ErrUnknownDocument, source)
	}
	w := c.db.scope.rows(fieldKind, kindText, fieldCollection, c.key, fieldSourceKey, key(source), fieldVersion, key(ids[0]))
	if rows, err = c.db.server.query(ctx, c.db.records(), w, strong, fieldPart, fieldText); err != nil {
		return "", fmt.Errorf("read the text of %s: %w", source, err)
	}
	pieces, numbers := rows.texts(fieldText), rows.ints(fieldPart)
	ordered := make([]string, len(pieces))
	for i, n := range numbers {
		if n < 0 || int(n) >= len(ordered) {
			return "", fmt.Errorf("read the text of %s: a piece of it is missing; ingest it again", source)
		}
		ordered[n] = pieces[i]
	}
	return strings.Join(ordered, ""), nil
}

// Documents lists the documents, ordered by source.
func (c *Collection) Documents(ctx context.Context) ([]retrieval.DocumentInfo, error) {
	rows, err := c.db.server.query(ctx, c.db.records(), c.documents(), strong, fieldName, fieldDocument, fieldTitle, fieldPassages)
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	sources, ids, titles, counts := rows.texts(fieldName), rows.texts(fieldDocument), rows.texts(fieldTitle), rows.ints(fieldPassages)
	var docs []retrieval.DocumentInfo
	for i := range sources {
		docs = append(docs, retrieval.DocumentInfo{Source: sources[i], ID: ids[i], Title: titles[i], Passages: int(counts[i])})
	}
	slices.SortFunc(docs, func(a, b retrieval.DocumentInfo) int { return strings.Compare(a.Source, b.Source) })
	return docs, nil
}

// documents selects the rows of all documents.
func (c *Collection) documents() where {
	return c.db.scope.rows(fieldKind, kindDocument, fieldCollection, c.key)
}

// clear removes all passages.
func (c *Collection) clear(ctx context.Context) error {
	server := c.db.server
	has, err := server.conn.has(ctx, c.passages)
	if err != nil || !has {
		return err
	}
	if err := server.load(ctx, c.passages); err != nil {
		return err
	}
	rows, err := server.query(ctx, c.passages, c.db.scope.rows(), strong, fieldID)
	if err != nil {
		return err
	}
	return server.remove(ctx, c.passages, rows.ids())
}

func encodeMetadata(m map[string]any) ([]byte, error) {
	if len(m) == 0 {
		return []byte("{}"), nil
	}
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode metadata: %w", err)
	}
	if len(b) > maxBytes {
		return nil, fmt.Errorf("its metadata has %d bytes, and Milvus takes at most %d", len(b), maxBytes)
	}
	return b, nil
}

// decodeMetadata returns nil for an empty object.
func decodeMetadata(b []byte) (map[string]any, error) {
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("decode metadata: %w", err)
	}
	if len(m) == 0 {
		return nil, nil
	}
	return m, nil
}

// Sources yields the sources of the documents in order. It stops after an
// error.
func (c *Collection) Sources(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		documents, err := c.Documents(ctx)
		if err != nil {
			yield("", err)
			return
		}
		for _, d := range documents {
			if !yield(d.Source, nil) {
				return
			}
		}
	}
}
