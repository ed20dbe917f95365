package wire

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"selfrag/fault"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/serve"
)

// Type implements serve.Ingester.
func (v *Served) Type(name string, content io.ReaderAt, size int64) (string, error) {
	return reading(v.parts.Settings).Sniff(name, content, size)
}

// Ingest implements serve.Ingester.
func (v *Served) Ingest(ctx context.Context, lib serve.Library, collection string, files []serve.IngestFile, progress func(serve.IngestProgress)) error {
	s := v.parts.Settings
	s.Collection = collection
	c, vectors, err := v.parts.With(s).toFill(ctx, lib)
	if err != nil {
		return err
	}
	in, err := ingest.New(c, vectors, reading(s))
	if err != nil {
		return err
	}
	inputs := make([]ingest.Input, len(files))
	for i, f := range files {
		inputs[i] = ingest.Input{Source: f.Source, Extension: f.Type, Bytes: f.Bytes, Open: f.Open, Fields: f.Fields, Force: f.Force}
	}
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	_, err = in.RunInputs(running, inputs, func(e ingest.Event) {
		if fault.Is(e.Err, fault.Unavailable) || serve.IsFull(e.Err) {
			stop(e.Err) // the cause is a part of the server or a full disk, not the document
			return
		}
		told := serve.IngestProgress{Source: e.Source, Outcome: string(e.Outcome), Passages: e.Passages, DoneBytes: e.DoneBytes, TotalBytes: e.TotalBytes}
		if e.Err != nil {
			told.Cause, told.Reason = v.reason(e.Err)
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

// reason returns the cause for which a document failed and a text about it for the
// uploader, and logs what the text leaves out.
func (v *Served) reason(err error) (retrieval.Cause, string) {
	if isOwnFault(err) {
		v.log.Error("a document was not ingested", "error", err)
	}
	return documentReason(err)
}

// documentReason returns the cause for which a document failed, if it is known, and a
// text about it. The text contains all details about the file. If the server's own
// parts failed, it contains no details.
func documentReason(err error) (retrieval.Cause, string) {
	if isOwnFault(err) {
		return retrieval.CauseServer, "the server could not embed or store it; its log says why"
	}
	return retrieval.CauseOf(err), err.Error()
}

// isOwnFault reports whether a document failed for a reason that is not in the file.
func isOwnFault(err error) bool {
	var part *ingest.PartError
	var file *fs.PathError
	return errors.As(err, &part) || errors.As(err, &file)
}
