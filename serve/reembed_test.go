package serve

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"selfrag/retrieval"
)

// A change of embedder, in progress or completed during the request, is not a
// fault of the server: the caller can ask again.
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
