package ingest

import (
	"context"
	"fmt"

	"selfrag/retrieval"
)

// Reembedding is a change of a collection to another embedder, as its store
// keeps it. What was added stays there when the process ends, so that the change
// can go on later.
type Reembedding interface {
	// Next returns some passages that have no new vector yet, and how many have
	// none in all. It returns none when every passage has one.
	Next(ctx context.Context) (passages []retrieval.Passage, left int, err error)
	// Add stores the new vectors of the passages that Next returned last, in
	// their order.
	Add(ctx context.Context, vectors [][]float32) error
	// Finish makes the new vectors those of the collection, and reports whether it
	// did: passages may have come meanwhile.
	Finish(ctx context.Context) (bool, error)
}

// Reembed embeds what has no new vector yet, and finishes the change. The texts
// are those in the store: no source is read again. It calls progress, which may
// be nil, after each batch with how many passages it has done and how many are
// left. The error says why it could not go on; running again goes on from there.
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
