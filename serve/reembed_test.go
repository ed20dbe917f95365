package serve

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"selfrag/retrieval"
)

// A collection whose embedder is being changed, or was changed during the
// request, is no fault of the server's: to ask again helps.
func TestReembeddingIsAConflict(t *testing.T) {
	for _, err := range []error{
		fmt.Errorf("store document a.md: %w", retrieval.ErrReembedding),
		fmt.Errorf("search: %w", &retrieval.EmbedderMismatchError{Collection: "secret"}),
	} {
		var got *Error
		if !errors.As(explain(context.Background(), err), &got) || got.Kind != Conflict {
			t.Errorf("%v: got %+v", err, got)
		}
	}
}
