package milvus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/milvus-io/milvus-sdk-go/v2/client"
	"github.com/milvus-io/milvus-sdk-go/v2/entity"

	"selfrag/retrieval"
)

// settled is how long it takes until everybody has seen a row that was written:
// who has a collection open looks again after recheck, and a second is for what
// is on its way.
const settled = staleness + recheck + time.Second

// reembedRows is how many passages Next returns at most.
const reembedRows = 64

// Reembedding changes a collection over to another embedder: it gathers the
// passages with their new vectors in a Milvus collection of their own, and Finish
// makes that the collection's. Until then the collection is searched as before.
// Writes wait: they get an error that wraps retrieval.ErrReembedding until the
// change is finished or given up, since Milvus has no transactions that would
// keep the two apart. What was gathered stays in the server, so that another
// process can go on with it.
//
// It is not safe for concurrent use. Two of one collection, in two processes,
// do the same work twice and no harm.
type Reembedding struct {
	db       *DB
	from, to *Collection
	next     found
	begun    time.Time
	done     bool // there is nothing to change, or it is changed

	left []rowID             // passages without a new vector
	last []retrieval.Passage // that Next returned, the first of those
}

// Reembed begins to change the collection of that name over to another
// embedder, or goes on with it. What was gathered for a third embedder is
// dropped; with the collection's own embedder this is all that it does. The
// error wraps retrieval.ErrUnknownCollection when there is no collection of
// that name.
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
		// An earlier run was ended before it could tidy up.
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

// giveUp drops what was gathered for an embedder.
func (db *DB) giveUp(ctx context.Context, other found) error {
	if err := db.collection(other.name, other).clear(ctx); err != nil {
		return err
	}
	return db.server.remove(ctx, db.records(), []rowID{db.scope.id(kindSuccessor, other.name)})
}

// Next returns passages that have no new vector yet, 64 at most, and how many
// have none in all. It returns none when every passage has one. The first call
// waits some seconds, for writers that do not know of the change yet.
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
	rows, err := r.db.server.query(ctx, r.from.passages, r.db.scope.these(ids), entity.ClStrong, passageFields()...)
	if err != nil {
		return err
	}
	n := len(rows.texts(fieldName))
	if n != len(ids) {
		return fmt.Errorf("the server gave %d passages of %d", n, len(ids))
	}
	r.last, err = passagesOf(rows, client.SearchResult{ResultCount: n, Scores: make([]float32, n)})
	return err
}

// check refuses to go on when another run has changed what there is to do.
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

// compare finds the passages that have no new vector, and removes what has one
// and is not in the collection.
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

// rows says for each passage which text it is.
func (r *Reembedding) rows(ctx context.Context, c *Collection) (map[rowID]string, error) {
	rows, err := r.db.server.query(ctx, c.passages, r.db.scope.rows(), entity.ClStrong, fieldID, fieldDocument, fieldStart, fieldEnd)
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

// Add stores the new vectors of the passages that Next returned last, in their
// order. They are scaled to unit length.
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
// reports whether it did: every passage must have its vector first. Then it waits
// some seconds, until those who have the collection open get a
// *retrieval.EmbedderMismatchError, and removes the old vectors. A run that ends
// in between has changed the collection; Reembed tidies up after it.
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
		// It was deleted at that very moment, and the row must not bring it back.
		return errors.Join(r.db.unknown(ctx), r.db.giveUp(ctx, next))
	}
	r.done = true
	return r.db.tidyUp(ctx, *have)
}

// tidyUp removes the vectors of a collection's former embedder, and makes the
// successor's row that of the collection.
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
