package retrieval

import (
	"context"
	"errors"
	"fmt"
)

// Part is a part of a document, to be read passage by passage.
type Part struct {
	Document string // Document.ID; empty takes the document as it is
	Source   string
	From, To int    // runes of the document's text, half open; To 0: to its end
	K        int    // how many passages at most
	Filter   Filter // which passages count; nil: all
}

// Holds reports whether a passage of the document stands in the part, if only
// with some of its runes, and passes the filter.
func (p Part) Holds(of Passage) bool {
	return of.End > p.From && (p.To <= 0 || of.Start < p.To) && (p.Filter == nil || p.Filter.Match(of))
}

// PartReader reads the passages of a document in their order. The stores of this
// module do.
type PartReader interface {
	// Passages returns the passages of the part, the first K in the order of
	// their offsets. Their scores are 0. The error wraps ErrUnknownDocument when
	// there is no such document, or only another version of it.
	Passages(ctx context.Context, part Part) ([]Passage, error)
}

// Passages returns the passages of a part of a document that pass the filter of
// the search, in their order. The error wraps errors.ErrUnsupported when the
// store cannot read a document.
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
