package milvus

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"selfrag/retrieval"
)

var _ retrieval.PartReader = (*Collection)(nil)

// Passages implements retrieval.PartReader. If another program has just written
// the document, Passages may still see the previous version.
func (c *Collection) Passages(ctx context.Context, part retrieval.Part) ([]retrieval.Passage, error) {
	passages, err := c.part(ctx, part)
	if err != nil {
		return nil, fmt.Errorf("read document %s: %w", part.Source, err)
	}
	return passages, nil
}

func (c *Collection) part(ctx context.Context, part retrieval.Part) ([]retrieval.Passage, error) {
	if err := retrieval.CheckFilter(part.Filter); err != nil {
		return nil, err
	}
	if err := c.current(ctx); err != nil {
		return nil, err
	}
	document, err := c.documentRow(ctx, part.Source, c.db.server.level(c.db.records()))
	if err != nil {
		return nil, err
	}
	ids := document.texts(fieldDocument)
	switch {
	case len(ids) == 0:
		return nil, fmt.Errorf("%w: it is not in collection %q", retrieval.ErrUnknownDocument, c.name)
	case part.Document != "" && part.Document != ids[0]:
		return nil, fmt.Errorf("%w: it has changed since: search again", retrieval.ErrUnknownDocument)
	case part.K < 1:
		return nil, nil
	}
	var found []retrieval.Passage
	// Read in stretches that double, so that reading the beginning of a long
	// document does not transfer all of it.
	from, stretch := part.From, firstStretch
	bounds := fieldEnd + " > " + strconv.Itoa(part.From)
	for {
		to := from + stretch
		if part.To > 0 {
			to = min(to, part.To)
		}
		rest := c.db.scope.rows(fieldSourceKey, key(part.Source)).and(bounds)
		more, err := c.stretch(ctx, rest.and(fieldStart+" < "+strconv.Itoa(to)).and(compile(part.Filter)))
		if err != nil {
			return nil, err
		}
		// While a document is being replaced, passages of both versions exist.
		found = append(found, slices.DeleteFunc(more, func(p retrieval.Passage) bool { return p.Document != ids[0] || !part.Holds(p) })...)
		if len(found) >= part.K || part.To > 0 && to >= part.To {
			break
		}
		bounds = fieldStart + " >= " + strconv.Itoa(to)
		left, err := c.db.server.count(ctx, c.passages, c.db.scope.rows(fieldSourceKey, key(part.Source)).and(bounds), c.db.server.level(c.passages))
		if err != nil {
			return nil, err
		}
		if left == 0 {
			break
		}
		from, stretch = to, 2*stretch
	}
	slices.SortStableFunc(found, func(a, b retrieval.Passage) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.ID, b.ID))
	})
	return found[:min(len(found), part.K)], nil
}

// firstStretch is the length in runes of the first stretch of a document. Not
// measured.
const firstStretch = 1 << 16

// stretch returns the passages that match an expression, in no particular
// order.
func (c *Collection) stretch(ctx context.Context, w where) ([]retrieval.Passage, error) {
	rows, err := c.db.server.query(ctx, c.passages, w, c.db.server.level(c.passages), passageFields()...)
	if err != nil {
		return nil, err
	}
	n := len(rows.texts(fieldName))
	if n == 0 {
		return nil, nil
	}
	return passagesOf(hits{rows: rows, scores: make([]float32, n)})
}
