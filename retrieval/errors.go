package retrieval

import (
	"errors"
	"fmt"
)

// ErrUnknownCollection is wrapped by errors about a collection that does not
// exist.
var ErrUnknownCollection = errors.New("unknown collection")

// ErrUnknownDocument is wrapped by errors about a document that a collection
// does not hold, or no longer holds in that version.
var ErrUnknownDocument = errors.New("unknown document")

// ErrTaken is wrapped by errors about a new name that another document or
// collection has already.
var ErrTaken = errors.New("the name is taken")

// ErrNoLexical is wrapped by the error of a Store's Lexical if the store cannot
// search lexically at all. In mode Hybrid a TwoStage then searches by vectors
// only and says so. In mode Lexical it is an error.
var ErrNoLexical = errors.New("no lexical search")

// ErrFull is wrapped by a store's errors if there is no room left to write.
var ErrFull = errors.New("no room left")

// ErrReembedding is wrapped by a store's errors about a write that must wait
// until a collection has been changed over to another embedder.
var ErrReembedding = errors.New("the collection is being switched to another embedder")

// UnreachableError reports that a store's server cannot be reached, with its
// address and a remedy.
type UnreachableError struct {
	Server  string // such as "Milvus"
	Address string
	Remedy  string // a sentence
	Err     error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("%s does not answer at %s (%v). %s", e.Server, e.Address, e.Err, e.Remedy)
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Unreachable reports that the store cannot be used.
func (e *UnreachableError) Unreachable() bool { return true }

// EmbedderMismatchError says that a collection was made by another embedder
// than the one at hand.
type EmbedderMismatchError struct {
	Collection string
	Have, Want EmbedderSpec // Have is the embedder that made the collection, Want the given one
}

func (e *EmbedderMismatchError) Error() string {
	remedy := "use that embedder, or switch the collection with `selfrag collections reembed " + e.Collection + "`"
	if e.Have.Model == e.Want.Model && e.Have.Dimensions == e.Want.Dimensions {
		return fmt.Sprintf("collection %q was made by embedder %s with other settings (%s) than now (%s): %s",
			e.Collection, e.Have.Model, e.Have.use(), e.Want.use(), remedy)
	}
	return fmt.Sprintf("collection %q was made by embedder %s (%d dimensions), not by %s (%d dimensions): %s",
		e.Collection, e.Have.Model, e.Have.Dimensions, e.Want.Model, e.Want.Dimensions, remedy)
}
