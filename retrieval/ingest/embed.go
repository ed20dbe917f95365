package ingest

import (
	"context"
	"fmt"

	"selfrag/retrieval"
)

// outcome is a document on its way from the embedder to the store. If settled is
// not nil, the document needs neither, and only the event in settled is reported.
type outcome struct {
	prepared
	vectors [][]float32
	err     error // why the document could not be embedded
	settled *settled
}

// embedding is the stage of a run that embeds documents.
type embedding struct {
	embedder Embedder
	batch    int
	out      chan<- []outcome

	worked bool  // the embedder has worked at least once
	failed error // the first failure of a document that was embedded alone
}

// run embeds batches until there are no more or ctx ends.
func (e *embedding) run(ctx context.Context, batches <-chan batch) {
	for b := range batches {
		if ctx.Err() != nil {
			continue // drain the channel until the reader notices, too, and closes it
		}
		if b.settled != nil {
			e.send(ctx, []outcome{{settled: b.settled}})
			continue
		}
		e.embedAll(ctx, b.documents)
	}
}

// embedAll embeds documents in one batch and sends them on. If that fails, it tries
// each document alone.
func (e *embedding) embedAll(ctx context.Context, documents []prepared) {
	vectors, err := e.embed(ctx, documents)
	switch {
	case ctx.Err() != nil:
		return
	case err == nil:
		outcomes := make([]outcome, len(documents))
		for i, p := range documents {
			n := len(p.passages)
			outcomes[i] = outcome{prepared: p, vectors: vectors[:n]}
			vectors = vectors[n:]
		}
		e.send(ctx, outcomes)
	case len(documents) == 1:
		err = fmt.Errorf("embed: %w", err)
		if e.failed == nil {
			e.failed = err
		}
		e.send(ctx, []outcome{{prepared: documents[0], err: err}})
	default: // one bad document may have failed the whole batch
		for _, p := range documents {
			e.embedAll(ctx, []prepared{p})
		}
	}
}

// unusable returns an error if the embedder was called and never worked. The fault
// is then the embedder's, even if there was only one document.
func (e *embedding) unusable() error {
	if e.worked {
		return nil
	}
	return e.failed
}

// embed returns the vectors of all passages of the documents, in order.
func (e *embedding) embed(ctx context.Context, documents []prepared) ([][]float32, error) {
	var passages []retrieval.Passage
	for _, p := range documents {
		passages = append(passages, p.passages...)
	}
	vectors := make([][]float32, 0, len(passages))
	for from := 0; from < len(passages); from += e.batch {
		v, err := embedTexts(ctx, e.embedder, passages[from:min(from+e.batch, len(passages))])
		if err != nil {
			return nil, err
		}
		vectors = append(vectors, v...)
	}
	e.worked = true
	return vectors, nil
}

// embedTexts returns a vector for each passage.
func embedTexts(ctx context.Context, embedder Embedder, passages []retrieval.Passage) ([][]float32, error) {
	texts := make([]string, len(passages))
	for i, p := range passages {
		texts[i] = p.Searchable()
	}
	vectors, err := embedder.EmbedDocuments(ctx, texts)
	if ctx.Err() != nil { // checked first, because some embedders then return neither vectors nor an error
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	if len(vectors) != len(texts) {
		return nil, fmt.Errorf("the embedder gave %d vectors for %d texts", len(vectors), len(texts))
	}
	return vectors, nil
}

// send passes the documents of a batch on together, so that they are stored while
// the next batch is embedded.
func (e *embedding) send(ctx context.Context, outcomes []outcome) {
	select {
	case e.out <- outcomes:
	case <-ctx.Done():
	}
}
