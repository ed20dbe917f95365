package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"selfrag/retrieval/ingest"
	"selfrag/serve"
)

// Type implements serve.Ingester.
func (p *served) Type(name string, content io.ReaderAt, size int64) (string, error) {
	return ingest.Sniff(name, content, size)
}

// Ingest implements serve.Ingester.
func (p *served) Ingest(ctx context.Context, lib serve.Library, collection string, files []serve.IngestFile, progress func(serve.IngestProgress)) error {
	s := p.app.settings
	s.Collection = collection
	a := p.app.with(s)
	c, vectors, closer, err := a.collectionToFill(ctx, lib)
	if err != nil {
		return err
	}
	defer closer()
	in, err := ingest.New(c, vectors, ingest.Config{Split: s.Split, ChunkSize: s.ChunkSize, Overlap: a.overlap(), ParentSize: s.ParentSize, CacheDir: pdfCache()})
	if err != nil {
		return err
	}
	inputs := make([]ingest.Input, len(files))
	for i, f := range files {
		inputs[i] = ingest.Input{Source: f.Source, Extension: f.Type, Bytes: f.Bytes, Open: f.Open}
	}
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	_, err = in.RunInputs(running, inputs, func(e ingest.Event) {
		if code, _ := outcome(e.Err, false); code == exitUnreachable || serve.IsFull(e.Err) {
			stop(e.Err) // no fault of the document's
			return
		}
		told := serve.IngestProgress{Source: e.Source, Outcome: string(e.Outcome), Passages: e.Passages, DoneBytes: e.DoneBytes, TotalBytes: e.TotalBytes}
		if e.Err != nil {
			told.Reason = p.reason(e.Err)
		} else {
			told.Reason = strings.Join(e.Warnings, "; ")
		}
		progress(told)
	})
	if cause := context.Cause(running); cause != nil && ctx.Err() == nil {
		return cause
	}
	return err
}

// reason is why a document failed, for its uploader: all that is wrong with the
// file, and of the server's own parts no more than that they failed.
func (p *served) reason(err error) string {
	var part *ingest.PartError
	var file *fs.PathError
	if errors.As(err, &part) || errors.As(err, &file) {
		p.log.Error("a document was not taken in", "error", err)
		return "the server could not embed or store it; its log says why"
	}
	return err.Error()
}
