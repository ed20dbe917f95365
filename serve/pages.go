package serve

import (
	"context"

	"selfrag/retrieval"
)

// Pages shows the pages of the files that documents came from. An error for the caller
// is an *Error: NotFound if there is no such file or page, Conflict if the file has
// changed since it was ingested, and Unsupported if it is not a PDF.
type Pages interface {
	// Draw returns a picture of a page as PNG. Pages count from 1. The width is in
	// pixels.
	Draw(ctx context.Context, of PagesOf, page, width int) ([]byte, error)
	// Find finds a quote on a page.
	Find(ctx context.Context, of PagesOf, page int, q PageQuote) (FoundOnPage, error)
}

// PagesOf names the document whose pages are asked for.
type PagesOf struct {
	Tenant     Tenant
	Collection string
	Document   retrieval.Document
}

// PageQuote is a part of the text of a document, with the text around it.
type PageQuote struct{ Text, Before, After string }

// FoundOnPage is where a quote stands on a page. Start and End are the rune offsets
// in the quote of the part that the page has; they are equal if it has none.
type FoundOnPage struct {
	Pages         int     // number of pages of the file
	Width, Height float64 // of the page in points
	Marks         []PageMark
	Start, End    int
	Undrawn       bool // a picture of the page lacks text, because its font is not in the file
}

// PageMark is a rectangle on a page. Its numbers are shares of the width and the
// height of the page, counted from the upper left corner.
type PageMark struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// PageMarks says where a span of a document stands on a page. Offsets count runes of
// the whole document.
type PageMarks struct {
	Page   int     `json:"page"`
	Pages  int     `json:"pages"` // number of pages of the file
	Width  float64 `json:"width"` // of the page in points
	Height float64 `json:"height"`
	// Start and End enclose the part of the span that the page has. They are equal if
	// it has none.
	Start   int        `json:"start"`
	End     int        `json:"end"`
	Marks   []PageMark `json:"marks"` // one for each line
	Undrawn bool       `json:"undrawn"`
}

// The limits of a span that is looked for on a page, in runes.
const (
	maxMarked    = 10_000
	aroundMarked = 200 // text before and after it
)

// PagePicture returns a picture of a page of a document as PNG. Pages count from 1. The
// width is in pixels.
func (s *Scope) PagePicture(ctx context.Context, collection, id string, page, width int) ([]byte, error) {
	png, err := s.pagePicture(ctx, collection, id, page, width)
	return png, explain(ctx, err)
}

func (s *Scope) pagePicture(ctx context.Context, collection, id string, page, width int) ([]byte, error) {
	_, of, err := s.documentWithPages(ctx, collection, id, page)
	if err != nil {
		return nil, err
	}
	return s.service.cfg.Pages.Draw(ctx, of, page, width)
}

// PageMarks says where the text of a document between two offsets stands on a page.
func (s *Scope) PageMarks(ctx context.Context, collection, id string, page, start, end int) (PageMarks, error) {
	out, err := s.pageMarks(ctx, collection, id, page, start, end)
	return out, explain(ctx, err)
}

func (s *Scope) pageMarks(ctx context.Context, collection, id string, page, start, end int) (PageMarks, error) {
	c, of, err := s.documentWithPages(ctx, collection, id, page)
	if err != nil {
		return PageMarks{}, err
	}
	text, err := c.Text(ctx, of.Document.ID, of.Document.Source)
	if err != nil {
		return PageMarks{}, err
	}
	runes := []rune(text)
	start = min(max(0, start), len(runes))
	end = min(max(start, end), len(runes), start+maxMarked)
	found, err := s.service.cfg.Pages.Find(ctx, of, page, PageQuote{
		Text: string(runes[start:end]), Before: string(runes[max(0, start-aroundMarked):start]), After: string(runes[end:min(len(runes), end+aroundMarked)]),
	})
	if err != nil {
		return PageMarks{}, err
	}
	return PageMarks{
		Page: page, Pages: found.Pages, Width: found.Width, Height: found.Height, Start: start + found.Start, End: start + found.End,
		Marks: append([]PageMark{}, found.Marks...), Undrawn: found.Undrawn,
	}, nil
}

// documentWithPages returns the document with the given source id, and its
// collection. It returns an error if no page of the document can be shown.
func (s *Scope) documentWithPages(ctx context.Context, collection, id string, page int) (Collection, PagesOf, error) {
	if page < 1 {
		return nil, PagesOf{}, Wrong("page", "pages count from 1")
	}
	c, err := s.collection(ctx, collection)
	if err != nil {
		return nil, PagesOf{}, err
	}
	doc, err := documentNamed(ctx, c, id)
	if err == nil && s.service.cfg.Pages == nil {
		err = errorf(NotFound, "this server shows no pages")
	}
	return c, PagesOf{s.grant.tenant, collection, doc}, err
}
