package retrieval

import (
	"context"
	"errors"
	"fmt"
)

// Part is a part of a document to read passage by passage.
type Part struct {
	Document string // Document.ID; empty: the current version of the document
	Source   string
	From, To int    // rune offsets in the document's text, half open; To 0: to its end
	K        int    // maximum number of passages
	Filter   Filter // which passages to return; nil: all
}

// Holds reports whether a passage of the document overlaps the part and passes
// the filter.
func (p Part) Holds(of Passage) bool {
	return of.End > p.From && (p.To <= 0 || of.Start < p.To) && (p.Filter == nil || p.Filter.Match(of))
}

// PartReader reads the passages of a document in order. All stores of this
// module implement it.
type PartReader interface {
	// Passages returns the first K passages of the part in the order of their
	// offsets. Their scores are 0. The error wraps ErrUnknownDocument if there
	// is no such document, or only another version of it.
	Passages(ctx context.Context, part Part) ([]Passage, error)
}

// Passages returns the passages of a part of a document that pass the search's
// own filter, in order. The error wraps errors.ErrUnsupported if the store
// cannot read documents.
func (t *TwoStage) Passages(ctx context.Context, part Part) ([]Passage, error) {
	store, ok := t.store.(PartReader)
	if !ok {
		return nil, fmt.Errorf("read document %s: the store reads no documents: %w", part.Source, errors.ErrUnsupported)
	}
	switch {
	case part.Filter == nil:
		part.Filter = t.cfg.Filter
	case t.cfg.Filter != nil:
		part.Filter = And{t.cfg.Filter, part.Filter}
	}
	return store.Passages(ctx, part)
}
