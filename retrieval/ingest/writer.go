package ingest

import (
	"context"
	"fmt"
)

// patience is how many documents in a row may fail to be embedded or stored
// before the run ends: one bad document is its own fault, three in a row are
// an embedder or a disk that does not work.
const patience = 3

// writer stores documents, each in a transaction of its own, and keeps the
// report.
type writer struct {
	store    Store
	progress func(Event)

	report      Report
	bytes       int64 // of files done with
	total       int64
	failedInRow int
}

// write returns an error when the run cannot go on.
func (w *writer) write(ctx context.Context, o outcome) error {
	if o.settled != nil {
		w.done(o.settled.event, o.settled.bytes)
		return nil
	}
	err := o.err
	if err == nil {
		err = w.store.Put(ctx, o.doc, o.passages, o.vectors)
	}
	switch {
	case err == nil:
		w.failedInRow = 0
		w.done(Event{Source: o.doc.Source, Outcome: o.outcome, Passages: len(o.passages), Warnings: o.warnings}, o.bytes)
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	w.failedInRow++
	if w.failedInRow >= patience {
		return fmt.Errorf("%s: %w", o.doc.Source, err)
	}
	w.done(Event{Source: o.doc.Source, Outcome: Failed, Err: &PartError{err}}, o.bytes)
	return nil
}

// PartError says that a document was read and could not be embedded or stored:
// the fault of a part, and not of the file.
type PartError struct{ Err error }

func (e *PartError) Error() string { return e.Err.Error() }

// Unwrap returns what the part said.
func (e *PartError) Unwrap() error { return e.Err }

func (w *writer) done(e Event, bytes int64) {
	w.bytes += bytes
	e.DoneBytes, e.TotalBytes = w.bytes, max(w.total, w.bytes)
	w.report.count(e)
	if w.progress != nil {
		w.progress(e)
	}
}
