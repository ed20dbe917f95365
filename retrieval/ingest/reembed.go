package ingest

import (
	"context"
	"fmt"

	"selfrag/retrieval"
)

// Reembedding is the change of a collection to another embedder. The store keeps
// its state, including the vectors added so far, so that another process can continue
// the change later.
type Reembedding interface {
	// Next returns some passages that have no new vector yet, and the number of all
	// such passages. It returns none if every passage has a new vector.
	Next(ctx context.Context) (passages []retrieval.Passage, left int, err error)
	// Add stores the new vectors of the passages that Next returned last, in
	// their order.
	Add(ctx context.Context, vectors [][]float32) error
	// Finish replaces the vectors of the collection with the new ones. It reports
	// whether it did: it does not if passages have been added in the meantime.
	Finish(ctx context.Context) (bool, error)
}

// Reembed embeds the passages that have no new vector yet, and finishes the change.
// It takes the texts from the store and reads no file again. After each batch it
// calls progress, which may be nil, with the number of passages done and left. The
// error says why it could not go on. Another call continues from there.
func Reembed(ctx context.Context, r Reembedding, embedder Embedder, progress func(done, left int)) (done int, err error) {
	for {
		passages, left, err := r.Next(ctx)
		if err != nil {
			return done, err
		}
		if len(passages) == 0 {
			finished, err := r.Finish(ctx)
			if err != nil || finished {
				return done, err
			}
			continue
		}
		vectors, err := embedTexts(ctx, embedder, passages)
		if err != nil {
			return done, fmt.Errorf("embed passages of %s: %w", passages[0].Source, err)
		}
		if err := r.Add(ctx, vectors); err != nil {
			return done, err
		}
		done += len(passages)
		if progress != nil {
			progress(done, max(0, left-len(passages)))
		}
	}
}
