package ingest

import (
	"context"
	"fmt"

	"selfrag/retrieval"
)

// outcome is a document on its way into the store, or what became of it
// before: then only its event counts.
type outcome struct {
	prepared
	vectors [][]float32
	err     error // why it could not be embedded
	settled *settled
}

// embedding gives documents their vectors.
type embedding struct {
	embedder Embedder
	batch    int
	out      chan<- []outcome

	worked bool  // the embedder has, at least once
	failed error // the first failure of a document alone
}

// run embeds batches until there are no more, or ctx ended.
func (e *embedding) run(ctx context.Context, batches <-chan batch) {
	for b := range batches {
		if ctx.Err() != nil {
			continue // until the reader has noticed, too, and closed the channel
		}
		if b.settled != nil {
			e.send(ctx, []outcome{{settled: b.settled}})
			continue
		}
		e.embedAll(ctx, b.documents)
	}
}

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
	default: // which document was it? Each gets a try alone
		for _, p := range documents {
			e.embedAll(ctx, []prepared{p})
		}
	}
}

// unusable returns an error when the embedder was called and never worked:
// then the fault is not that of the documents, however few they were.
func (e *embedding) unusable() error {
	if e.worked {
		return nil
	}
	return e.failed
}

// embed returns a vector for each passage of the documents, one after
// another.
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
	if ctx.Err() != nil { // some embedders return neither vectors nor an error then
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

// send hands on the documents of a batch together, so that they are stored
// while the next batch is embedded.
func (e *embedding) send(ctx context.Context, outcomes []outcome) {
	select {
	case e.out <- outcomes:
	case <-ctx.Done():
	}
}
