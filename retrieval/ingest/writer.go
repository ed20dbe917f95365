package ingest

import (
	"context"
	"fmt"
	"sync"
)

// patience is the number of documents in a row that must fail to be embedded or
// stored for the run to end. One failure may be the fault of the document. After
// three in a row, the embedder or the disk does not work.
const patience = 3

// writer stores documents, each by a Put of its own, and keeps the report.
type writer struct {
	store    Store
	writers  int // number of documents that are stored at the same time
	progress func(Event)

	report      Report
	bytes       int64 // size of the files that are done
	total       int64 // size of all files
	failedInRow int   // number of documents that failed since the last one that did not
}

// writeAll stores documents, several at a time, and reports them in their order. It
// returns an error if the run cannot go on.
func (w *writer) writeAll(ctx context.Context, outcomes []outcome) error {
	for len(outcomes) > 0 && ctx.Err() == nil {
		n := w.together(outcomes)
		errs := make([]error, n)
		var storing sync.WaitGroup
		for i, o := range outcomes[:n] {
			if errs[i] = o.err; o.settled == nil && o.err == nil {
				storing.Go(func() { errs[i] = w.store.Put(ctx, o.doc, o.passages, o.vectors) })
			}
		}
		storing.Wait()
		for i, o := range outcomes[:n] {
			if err := w.settle(ctx, o, errs[i]); err != nil {
				return err
			}
		}
		outcomes = outcomes[n:]
	}
	return nil
}

// together returns how many of the first outcomes can be stored at the same time:
// no two of one source, since the last of these is to stay.
func (w *writer) together(outcomes []outcome) int {
	seen := map[string]bool{}
	for i, o := range outcomes[:min(w.writers, len(outcomes))] {
		if o.settled != nil {
			continue
		}
		if seen[o.doc.Source] {
			return i
		}
		seen[o.doc.Source] = true
	}
	return min(w.writers, len(outcomes))
}

// settle reports a document that is settled or stored, or could not be stored.
func (w *writer) settle(ctx context.Context, o outcome, err error) error {
	if o.settled != nil {
		w.done(o.settled.event, o.settled.bytes)
		return nil
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
