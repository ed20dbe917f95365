package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/pdf"
)

// Store is the collection that documents go into.
type Store interface {
	// Document returns the document last stored from that source. It may leave out
	// the text.
	Document(ctx context.Context, source string) (doc retrieval.Document, found bool, err error)
	// Put stores a document whole or not at all. It replaces the document of the
	// same source. vectors[i] is the vector of passages[i].
	Put(ctx context.Context, doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) error
}

// Embedder turns texts into vectors, one for each text, in the same order. Any
// embeddings.Embedder of langchaingo is one.
type Embedder interface {
	EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error)
}

// Ingester reads files into one collection.
type Ingester struct {
	store    Store
	embedder Embedder
	cfg      Config
}

// New returns an ingester. If embedder is nil, passages get empty vectors, for a
// collection that is searched by words only. The error says which setting is
// invalid.
func New(store Store, embedder Embedder, cfg Config) (*Ingester, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("ingest: %w", err)
	}
	if embedder == nil {
		embedder = noVectors{}
	}
	return &Ingester{store, embedder, cfg}, nil
}

// noVectors is an embedder that returns empty vectors.
type noVectors struct{}

func (noVectors) EmbedDocuments(_ context.Context, texts []string) ([][]float32, error) {
	return make([][]float32, len(texts)), nil
}

// Run ingests files, folders, globs, URLs and standard input. The package
// documentation says which files a path stands for. The source of a document is its
// path, cleaned and with slashes; for a line of a JSONL file, # and its _id or line
// number follow. Run calls progress, which may be nil, after each document, and
// never concurrently.
//
// A file that cannot be ingested is listed in Report.Failed and does not stop the
// run. Run returns an error if it could not go on: ctx ended, or the embedder or the
// store does not work. The report says what was done until then. Another run
// continues from there.
func (in *Ingester) Run(ctx context.Context, paths []string, progress func(Event)) (Report, error) {
	begin := time.Now()
	found := newFinding(in.cfg, nil)
	if err := found.find(ctx, paths); err != nil {
		return Report{Elapsed: time.Since(begin)}, fmt.Errorf("ingest: %w", err)
	}
	report, err := in.runAll(ctx, found, progress)
	report.Elapsed = time.Since(begin)
	return report, err
}

// runAll ingests the files found and returns the report.
func (in *Ingester) runAll(ctx context.Context, found *finding, progress func(Event)) (Report, error) {
	begin := time.Now()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w := writer{store: in.store, writers: in.cfg.Writers, progress: progress}
	err := in.run(ctx, stop, found, &w)
	w.report.Elapsed = time.Since(begin)
	if err != nil {
		return w.report, fmt.Errorf("ingest: %w", err)
	}
	return w.report, nil
}

// run reads, embeds and stores documents in three concurrent stages. stop ends ctx.
func (in *Ingester) run(ctx context.Context, stop context.CancelCauseFunc, found *finding, w *writer) error {
	w.total = found.bytes
	w.report.Skipped = found.skipped
	for _, f := range found.failed {
		w.done(Event{Source: f.Source, Outcome: Failed, Err: f.Err}, 0)
	}
	batches, outcomes := make(chan batch), make(chan []outcome)
	pdfs := pdf.New(pdf.Config{CacheDir: in.cfg.CacheDir})
	r := reader{store: in.store, cfg: in.cfg, out: batches, pdfs: pdfs}
	if in.cfg.Prune {
		r.met = newSightings()
	}
	e := embedding{embedder: in.embedder, batch: in.cfg.Batch, out: outcomes}
	go func() {
		defer close(batches)
		if err := errors.Join(r.readAll(ctx, found.files), pdfs.Close()); err != nil {
			stop(err)
		}
	}()
	go func() {
		defer close(outcomes)
		e.run(ctx, batches)
	}()
	for stored := range outcomes {
		if ctx.Err() != nil {
			continue
		}
		if err := w.writeAll(ctx, stored); err != nil {
			stop(err)
		}
	}
	if err := cmp.Or(context.Cause(ctx), e.unusable()); err != nil {
		return err
	}
	if in.cfg.Prune {
		return in.prune(ctx, found, r.met, w)
	}
	return nil
}
