package ingest

import (
	"context"
	"fmt"
)

// patience is how many documents in a row may fail to be embedded or stored
// before the run ends: one bad document is its own fault, three in a row are
// an embedder or a disk that does not work.
const patience = 3

// writer embeds and stores batches and keeps the report.
type writer struct {
	store    Store
	embedder Embedder
	batch    int
	progress func(Event)

	report      Report
	bytes       int64 // of files done with
	total       int64
	failedInRow int
	worked      bool  // the embedder has, at least once
	embedError  error // the first of a single document
}

// write returns an error when the run cannot go on.
func (w *writer) write(ctx context.Context, b batch) error {
	if b.settled != nil {
		w.done(b.settled.event, b.settled.bytes)
		return nil
	}
	vectors, err := w.embed(ctx, b.documents)
	switch {
	case err == nil:
		return w.storeAll(ctx, b.documents, vectors)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case len(b.documents) == 1:
		err = fmt.Errorf("embed: %w", err)
		if w.embedError == nil {
			w.embedError = err
		}
		return w.failed(ctx, b.documents[0], err)
	}
	// Which document was it? Each gets a try alone.
	for _, p := range b.documents {
		if err := w.write(ctx, batch{documents: []prepared{p}}); err != nil {
			return err
		}
	}
	return nil
}

// unusable returns an error when the embedder was called and never worked:
// then the fault is not that of the documents, however few they were.
func (w *writer) unusable() error {
	if w.worked {
		return nil
	}
	return w.embedError
}

// embed returns a vector for each passage of the documents, one after
// another.
func (w *writer) embed(ctx context.Context, documents []prepared) ([][]float32, error) {
	var texts []string
	for _, p := range documents {
		for _, passage := range p.passages {
			texts = append(texts, passage.Searchable())
		}
	}
	vectors := make([][]float32, 0, len(texts))
	for from := 0; from < len(texts); from += w.batch {
		part := texts[from:min(from+w.batch, len(texts))]
		v, err := w.embedder.EmbedDocuments(ctx, part)
		if ctx.Err() != nil { // some embedders return neither vectors nor an error then
			return nil, context.Cause(ctx)
		}
		if err != nil {
			return nil, err
		}
		if len(v) != len(part) {
			return nil, fmt.Errorf("the embedder gave %d vectors for %d texts", len(v), len(part))
		}
		vectors = append(vectors, v...)
	}
	w.worked = true
	return vectors, nil
}

// storeAll stores documents, each in a transaction of its own.
func (w *writer) storeAll(ctx context.Context, documents []prepared, vectors [][]float32) error {
	for _, p := range documents {
		n := len(p.passages)
		if err := w.store.Put(ctx, p.doc, p.passages, vectors[:n]); err != nil {
			if err := w.failed(ctx, p, err); err != nil {
				return err
			}
		} else {
			w.failedInRow = 0
			w.done(Event{Source: p.doc.Source, Outcome: p.outcome, Passages: n}, p.bytes)
		}
		vectors = vectors[n:]
	}
	return nil
}

// failed notes that a document could not be embedded or stored, and returns
// an error when the run should end over it.
func (w *writer) failed(ctx context.Context, p prepared, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	w.failedInRow++
	if w.failedInRow >= patience {
		return fmt.Errorf("%s: %w", p.doc.Source, err)
	}
	w.done(Event{Source: p.doc.Source, Outcome: Failed, Err: err}, p.bytes)
	return nil
}

func (w *writer) done(e Event, bytes int64) {
	w.bytes += bytes
	e.DoneBytes, e.TotalBytes = w.bytes, w.total
	w.report.count(e)
	if w.progress != nil {
		w.progress(e)
	}
}
