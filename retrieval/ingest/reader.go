package ingest

import (
	"context"
	"fmt"
	"maps"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/pdf"
)

// prepared is a document that is ready to be embedded and stored.
type prepared struct {
	doc      retrieval.Document
	passages []retrieval.Passage
	outcome  Outcome // Added or Updated
	bytes    int64   // size of its file
	warnings []string
}

// settled is a document that needs neither embedding nor storing, such as an
// unchanged one.
type settled struct {
	event Event
	bytes int64 // size of its file
}

// batch is what the reader sends to the embedder: documents for about one embedding
// call, or one document that is settled already.
type batch struct {
	documents []prepared
	settled   *settled
}

// reader reads files and makes batches of their documents. It waits with one batch
// while the embedder is busy with the one before, so memory stays bounded for any
// number of files.
type reader struct {
	store Store
	cfg   Config
	out   chan<- batch

	pdfs *pdf.Reader

	met *sightings // sources met, for pruning; nil without pruning

	pending  []prepared // documents of the next batch
	passages int        // number of passages in pending
	bytes    int64      // bytes of text in pending
}

// maxPending is the maximum number of bytes of text in a batch of more than one
// document.
const maxPending = 4 << 20

// readAll reads the files in order. It returns an error if ctx ended or the store
// failed.
func (r *reader) readAll(ctx context.Context, files []file) error {
	for _, f := range files {
		f.pdfs = r.pdfs
		err := f.loader(ctx, f, r.cfg.MaxBytes, func(l loaded) error { return r.take(ctx, f, l) })
		if err != nil {
			return err
		}
	}
	return r.flush(ctx)
}

// take adds a loaded document to the next batch, or settles it if it failed or has
// not changed.
func (r *reader) take(ctx context.Context, f file, l loaded) error {
	if ctx.Err() != nil { // the document may have failed only because ctx ended
		return fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
	if l.err != nil {
		if r.met != nil {
			r.met.add(l.doc.Source)
		}
		return r.settle(ctx, Event{Source: l.doc.Source, Outcome: Failed, Err: l.err}, l.bytes)
	}
	if r.met != nil {
		r.met.add(l.doc.Source)
	}
	stored, found, err := r.store.Document(ctx, l.doc.Source)
	if err != nil {
		return err
	}
	splitting := r.cfg.rules(l.by)
	set, err := setFields(stored.Metadata, r.cfg.Fields, f.fields)
	if err != nil {
		return r.settle(ctx, Event{Source: l.doc.Source, Outcome: Failed, Err: err}, l.bytes)
	}
	same := stored.ID == l.doc.ID && stored.Metadata[content.SplitKey] == splitting && set.written == stored.Metadata[retrieval.SetFields]
	if found && same && !r.cfg.Force && !f.force {
		return r.settle(ctx, Event{Source: l.doc.Source, Outcome: Unchanged, Warnings: l.content.Warnings}, l.bytes)
	}
	p := prepared{doc: l.doc, outcome: Added, bytes: l.bytes, warnings: l.content.Warnings}
	if found {
		p.outcome = Updated
	}
	if r.cfg.DryRun {
		return r.settle(ctx, Event{Source: l.doc.Source, Outcome: p.outcome, Warnings: l.content.Warnings}, l.bytes)
	}
	l.doc.Metadata = set.addTo(l.doc.Metadata, l.doc.Source)
	l.layOut(r.cfg)
	p.doc = l.doc
	p.passages = passages(l.doc, l.content, r.cfg)
	p.doc.Metadata = maps.Clone(l.doc.Metadata)
	if p.doc.Metadata == nil {
		p.doc.Metadata = map[string]any{}
	}
	p.doc.Metadata[content.SplitKey] = splitting
	if set.written != nil {
		p.doc.Metadata[retrieval.SetFields] = set.written
	}

	size := int64(len(p.doc.Text))
	if r.passages+len(p.passages) > r.cfg.Batch || r.bytes+size > maxPending {
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	r.pending = append(r.pending, p)
	r.passages += len(p.passages)
	r.bytes += size
	return nil
}

func (r *reader) settle(ctx context.Context, e Event, bytes int64) error {
	return r.send(ctx, batch{settled: &settled{e, bytes}})
}

func (r *reader) flush(ctx context.Context) error {
	if len(r.pending) == 0 {
		return nil
	}
	b := batch{documents: r.pending}
	r.pending, r.passages, r.bytes = nil, 0, 0
	return r.send(ctx, b)
}

func (r *reader) send(ctx context.Context, b batch) error {
	select {
	case r.out <- b:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
}
