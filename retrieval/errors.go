package retrieval

import (
	"errors"
	"fmt"
)

// ErrUnknownCollection is wrapped by errors about a collection that does not
// exist.
var ErrUnknownCollection = errors.New("unknown collection")

// EmbedderMismatchError says that a collection was made by another embedder
// than the one at hand.
type EmbedderMismatchError struct {
	Collection string
	Have, Want EmbedderSpec // Have made the collection, Want is at hand
}

func (e *EmbedderMismatchError) Error() string {
	const remedy = "use that embedder, or delete the collection and ingest again to rebuild it"
	if e.Have.Model == e.Want.Model && e.Have.Dimensions == e.Want.Dimensions {
		return fmt.Sprintf("collection %q was made by embedder %s in another way (%s) than now (%s): %s",
			e.Collection, e.Have.Model, e.Have.use(), e.Want.use(), remedy)
	}
	return fmt.Sprintf("collection %q was made by embedder %s (%d dimensions), not by %s (%d dimensions): %s",
		e.Collection, e.Have.Model, e.Have.Dimensions, e.Want.Model, e.Want.Dimensions, remedy)
}
