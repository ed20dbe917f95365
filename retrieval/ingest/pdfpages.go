package ingest

import (
	"context"
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// maxPageDepth bounds how deep the nodes of a page tree are.
const maxPageDepth = 64

// eachPage visits the pages of a file in their order, with the resources that
// hold for each (ISO 32000-1, 7.7.3). pdfcpu looks each page up from the root,
// without a look at the time: work by the square of their number, in a file
// that can have a million.
func eachPage(ctx context.Context, file *model.Context, visit func(page, resources types.Dict) error) error {
	root, err := file.Pages()
	if err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if root == nil {
		return fmt.Errorf("%w: it has no pages", errDamaged)
	}
	t := pageTree{ctx, file, visit, map[types.IndirectRef]bool{}}
	return t.node(*root, nil, 0)
}

type pageTree struct {
	ctx   context.Context
	file  *model.Context
	visit func(page, resources types.Dict) error
	inner map[types.IndirectRef]bool // nodes that were met
}

func (t *pageTree) node(o types.Object, resources types.Dict, depth int) error {
	if t.ctx.Err() != nil {
		return context.Cause(t.ctx)
	}
	node := dictOf(t.file, o)
	if node == nil {
		return fmt.Errorf("%w: a page is missing", errDamaged)
	}
	if own := dictOf(t.file, node["Resources"]); own != nil {
		resources = own
	}
	below, _ := t.file.Dereference(node["Kids"])
	kids, isInner := below.(types.Array)
	if !isInner {
		return t.visit(node, resources)
	}
	reference, _ := o.(types.IndirectRef)
	if depth == maxPageDepth || t.inner[reference] {
		return fmt.Errorf("%w: its pages do not form a tree", errDamaged)
	}
	t.inner[reference] = true
	for _, kid := range kids {
		// A page always is an object of its own, so that a node can be known
		// again.
		if _, ok := kid.(types.IndirectRef); !ok && kid != nil {
			return fmt.Errorf("%w: a page is missing", errDamaged)
		}
		if kid == nil {
			continue
		}
		if err := t.node(kid, resources, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// contents is what a page is drawn by: a stream, or several one after another,
// of which the file can name one again and again.
func (p *pdfPage) contents(o types.Object) ([]byte, error) {
	o, err := p.file.Dereference(o)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	parts, ok := o.(types.Array)
	if !ok {
		parts = types.Array{o}
	}
	var code []byte
	for _, part := range parts {
		if p.ctx.Err() != nil {
			return nil, context.Cause(p.ctx)
		}
		part, err := p.file.Dereference(part)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
		s, ok := part.(types.StreamDict)
		switch {
		case part == nil:
			continue
		case !ok:
			return nil, fmt.Errorf("%w: the content of the page is not a stream", errDamaged)
		}
		// Of a stream that breaks off, what there is counts.
		if err := s.DecodeWithLimit(p.most); err != nil && !filter.IsCorruptFlateInput(err) {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
		if int64(len(code)+len(s.Content)) > p.most {
			return nil, fmt.Errorf("unpacked it is %w", tooLarge(p.most))
		}
		code = append(append(code, s.Content...), '\n')
	}
	return code, nil
}
