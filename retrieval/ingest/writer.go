package ingest

import (
	"context"
	"fmt"
)

// patience is the number of documents in a row that must fail to be embedded or
// stored for the run to end. One failure may be the fault of the document. After
// three in a row, the embedder or the disk does not work.
const patience = 3

// writer stores documents, each in its own transaction, and keeps the report.
type writer struct {
	store    Store
	progress func(Event)

	report      Report
	bytes       int64 // size of the files that are done
	total       int64 // size of all files
	failedInRow int   // number of documents that failed since the last one that did not
}

// write stores a document, or reports it if it is settled or failed. It returns an
// error if the run cannot go on.
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

// PartError is the error of a document that was read but could not be embedded or
// stored. The fault is in a part of the program, such as the embedder or the store,
// and not in the file.
type PartError struct{ Err error }

func (e *PartError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the embedder or the store.
func (e *PartError) Unwrap() error { return e.Err }

func (w *writer) done(e Event, bytes int64) {
	w.bytes += bytes
	e.DoneBytes, e.TotalBytes = w.bytes, max(w.total, w.bytes)
	w.report.count(e)
	if w.progress != nil {
		w.progress(e)
	}
}
