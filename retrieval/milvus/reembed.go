package milvus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"selfrag/retrieval"
)

// settled is the time after which every process has seen a written row: a
// process with an open collection looks again after recheck, and one second is
// for calls in progress.
const settled = staleness + recheck + time.Second

// reembedRows is the maximum number of passages that Next returns.
const reembedRows = 64

// Reembedding changes a collection over to another embedder. It collects the
// passages with their new vectors in a separate Milvus collection, and Finish
// makes that the collection's own. Until then the collection is searched as
// before. Writes are refused with an error that wraps retrieval.ErrReembedding
// until the change is finished or given up, since Milvus has no transactions
// that would keep the two apart. The collected vectors stay on the server, so
// that another process can continue the change.
//
// It is not safe for concurrent use. Two Reembeddings of one collection, in two
// processes, do the same work twice but do no harm.
type Reembedding struct {
	db       *DB
	from, to *Collection
	next     found
	begun    time.Time
	done     bool // nothing to change, or already changed

	left []rowID             // passages without a new vector
	last []retrieval.Passage // returned by the last Next, the first of left
}

// Reembed begins or continues the change of the collection with the given name
// to another embedder. It drops what was collected for any other embedder. If
// spec is the collection's own embedder, that is all it does. The error wraps
// retrieval.ErrUnknownCollection if there is no such collection.
func (db *DB) Reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (*Reembedding, error) {
	spec.Metric = cmp.Or(spec.Metric, "cosine")
	r, err := db.reembed(ctx, name, spec)
	if err != nil {
		return nil, fmt.Errorf("re-embed collection %q: %w", name, err)
	}
	return r, nil
}

func (db *DB) reembed(ctx context.Context, name string, spec retrieval.EmbedderSpec) (*Reembedding, error) {
	if err := retrieval.CheckSpec(spec); err != nil {
		return nil, err
	}
	if spec.Dimensions == 0 {
		return nil, errors.New("the embedder makes no vectors")
	}
	embedder, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	have, err := db.find(ctx, name)
	if err == nil && have != nil && have.ready {
		// An earlier run ended before it could tidy up.
		if err = db.tidyUp(ctx, *have); err == nil {
			have, err = db.find(ctx, name)
		}
	}
	if err != nil {
		return nil, err
	}
	if have == nil {
		return nil, db.unknown(ctx)
	}
	r := &Reembedding{db: db, from: db.collection(name, *have), begun: time.Now()}
	r.next = found{spec: spec, embedder: string(embedder), name: name, key: have.key, created: have.created, generation: have.generation + 1}
	if other := have.other; other != nil && other.embedder != r.next.embedder {
		if err := db.giveUp(ctx, *other); err != nil {
			return nil, err
		}
		have.other = nil
	}
	if r.done = have.embedder == r.next.embedder; r.done {
		return r, nil
	}
	r.to = db.collection(name, r.next)
	if err := db.server.provide(ctx, passagesSchema(r.to.passages, spec, db.server.sparse)); err != nil {
		return nil, err
	}
	if have.other == nil {
		err = db.record(ctx, r.next, kindSuccessor)
	}
	return r, err
}

// giveUp drops what was collected for an embedder.
func (db *DB) giveUp(ctx context.Context, other found) error {
	if err := db.collection(other.name, other).clear(ctx); err != nil {
		return err
	}
	return db.server.remove(ctx, db.records(), []rowID{db.scope.id(kindSuccessor, other.name)})
}

// Next returns passages without a new vector, at most 64, and the number of all
// such passages. It returns none if every passage has a new vector. The first
// call waits some seconds for writers that do not know of the change yet.
func (r *Reembedding) Next(ctx context.Context) (passages []retrieval.Passage, left int, err error) {
	r.last = nil
	if r.done {
		return nil, 0, nil
	}
	if err := r.read(ctx); err != nil {
		return nil, 0, fmt.Errorf("re-embed collection %q: %w", r.from.name, err)
	}
	return r.last, len(r.left), nil
}

func (r *Reembedding) read(ctx context.Context) error {
	if err := r.check(ctx); err != nil {
		return err
	}
	if len(r.left) == 0 {
		if err := r.compare(ctx); err != nil || len(r.left) == 0 {
			return err
		}
	}
	ids := r.left[:min(reembedRows, len(r.left))]
	rows, err := r.db.server.query(ctx, r.from.passages, r.db.scope.these(ids), strong, passageFields()...)
	if err != nil {
		return err
	}
	n := len(rows.texts(fieldName))
	if n != len(ids) {
		return fmt.Errorf("the server gave %d passages of %d", n, len(ids))
	}
	r.last, err = passagesOf(hits{rows: rows, scores: make([]float32, n)})
	return err
}

// check returns an error if another run has finished the change or changed its
// embedder.
func (r *Reembedding) check(ctx context.Context) error {
	have, err := r.db.find(ctx, r.from.name)
	switch {
	case err != nil:
		return err
	case have == nil:
		return r.db.unknown(ctx)
	case have.ready || have.other == nil || have.other.embedder != r.next.embedder:
		return errors.New("another run has finished it or changed its embedder meanwhile")
	}
	return nil
}

// compare finds the passages without a new vector, and removes new vectors of
// passages that the collection no longer has.
func (r *Reembedding) compare(ctx context.Context) error {
	if err := waitUntil(ctx, r.begun.Add(settled)); err != nil {
		return err
	}
	have, err := r.rows(ctx, r.to)
	if err != nil {
		return err
	}
	want, err := r.rows(ctx, r.from)
	if err != nil {
		return err
	}
	r.left = nil
	for id, text := range want {
		if have[id] != text {
			r.left = append(r.left, id)
		}
	}
	var gone []rowID
	for id := range have {
		if _, ok := want[id]; !ok {
			gone = append(gone, id)
		}
	}
	return r.db.server.remove(ctx, r.to.passages, gone)
}

// rows returns a key for the text of each passage: its document with its
// offsets.
func (r *Reembedding) rows(ctx context.Context, c *Collection) (map[rowID]string, error) {
	rows, err := r.db.server.query(ctx, c.passages, r.db.scope.rows(), strong, fieldID, fieldDocument, fieldStart, fieldEnd)
	if err != nil {
		return nil, err
	}
	documents, starts, ends := rows.texts(fieldDocument), rows.ints(fieldStart), rows.ints(fieldEnd)
	texts := make(map[rowID]string, len(documents))
	for i, id := range rows.ids() {
		texts[id] = fmt.Sprintf("%s[%d:%d]", documents[i], starts[i], ends[i])
	}
	return texts, nil
}

func waitUntil(ctx context.Context, at time.Time) error {
	select {
	case <-time.After(time.Until(at)):
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Add stores the new vectors of the passages that Next returned last, in the
// same order. It scales them to unit length.
func (r *Reembedding) Add(ctx context.Context, vectors [][]float32) error {
	if err := r.add(ctx, vectors); err != nil {
		return fmt.Errorf("re-embed collection %q: %w", r.from.name, err)
	}
	return nil
}

func (r *Reembedding) add(ctx context.Context, vectors [][]float32) error {
	if len(vectors) != len(r.last) {
		return fmt.Errorf("there are %d vectors for %d passages", len(vectors), len(r.last))
	}
	var rows []row
	for i, p := range r.last {
		prepared, err := r.to.prepare(retrieval.Document{ID: p.Document, Source: p.Source}, []retrieval.Passage{p}, vectors[i:i+1])
		if err != nil {
			return err
		}
		rows = append(rows, prepared...)
	}
	if err := r.to.writePassages(ctx, rows); err != nil {
		return err
	}
	r.left, r.last = r.left[len(rows):], nil
	return nil
}

// Finish makes the new vectors and their embedder those of the collection, and
// reports whether it did. It does so only if every passage has a new vector.
// Then it waits some seconds, until everyone who has the collection open gets a
// *retrieval.EmbedderMismatchError, and removes the old vectors. If a run ends
// during that wait, the collection has been changed, and Reembed tidies up
// later.
func (r *Reembedding) Finish(ctx context.Context) (bool, error) {
	if r.done {
		return true, nil
	}
	if err := r.finish(ctx); err != nil {
		return false, fmt.Errorf("re-embed collection %q: %w", r.from.name, err)
	}
	return r.done, nil
}

func (r *Reembedding) finish(ctx context.Context) error {
	if err := r.check(ctx); err != nil {
		return err
	}
	if err := r.compare(ctx); err != nil || len(r.left) > 0 {
		return err
	}
	next := r.next
	next.ready = true
	if err := r.db.record(ctx, next, kindSuccessor); err != nil {
		return err
	}
	have, err := r.db.find(ctx, next.name)
	if err != nil {
		return err
	}
	if have == nil || have.other == nil {
		// The collection was deleted at the same moment, and this row must not
		// restore it.
		return errors.Join(r.db.unknown(ctx), r.db.giveUp(ctx, next))
	}
	r.done = true
	return r.db.tidyUp(ctx, *have)
}

// tidyUp removes the vectors of a collection's former embedder and turns the
// successor's row into that of the collection.
func (db *DB) tidyUp(ctx context.Context, now found) error {
	if err := waitUntil(ctx, time.Now().Add(settled)); err != nil {
		return err
	}
	if now.other != nil {
		if err := db.collection(now.name, *now.other).clear(ctx); err != nil {
			return err
		}
	}
	row := now
	row.ready = false
	if err := db.record(ctx, row, kindCollection); err != nil {
		return err
	}
	return db.server.remove(ctx, db.records(), []rowID{db.scope.id(kindSuccessor, now.name)})
}
