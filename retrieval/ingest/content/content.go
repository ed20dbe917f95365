package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sort"

	"selfrag/retrieval/text"
)

// A Reader turns the bytes of a file into its content. It reads at most
// maxBytes of what a packed file holds, else the error is ErrTooLarge. If
// reading takes long, it stops when ctx ends, with the cause of ctx as its
// error. Any bytes may be given: those of no such file are an error.
type Reader func(ctx context.Context, raw []byte, maxBytes int64) (Content, error)

// Content is the text of a file, and where in the text things stand. Offsets
// count runes of the text. Headings, pages and places come in their order.
type Content struct {
	Title    string // of the document, on one line; may be empty
	Text     string // valid UTF-8 with newlines as \n
	Headings []Heading
	Pages    []Page         // empty if the file has no pages
	Units    []Span         // parts that are split each for itself, such as the rows of a table; nil: the whole text is one
	Hidden   []Span         // parts that the style of the file hides from people; they are in the text
	Places   []Place        // where else in the file the text stands, such as on a slide
	Leads    []Lead         // beginnings that are said again wherever a long table or row is cut
	Cuts     []int          // where leads are said again, and where their parts begin and end; see WithLeads
	Metadata map[string]any // what the file says of itself, such as a front matter: strings, float64s and bools
	Warnings []string       // what is in the file and not in the text, a sentence each
}

// Span is a part of a text in runes.
type Span = text.Span

// Heading is the heading of a section of the text.
type Heading struct {
	Start int    // offset
	Level int    // 1 is the highest
	Text  string // on one line, see Name
}

// Page is where a page of the file begins.
type Page struct {
	Start  int // offset
	Number int // from 1
}

// Place is metadata of the text from an offset up to the next place. Places
// may share their metadata, which is not changed any more.
type Place struct {
	Start    int // offset
	Metadata map[string]any
}

// PageAt returns the number of the page that an offset is on, or 0 if there are
// no pages.
func (c Content) PageAt(at int) int {
	n := sort.Search(len(c.Pages), func(i int) bool { return c.Pages[i].Start > at })
	if n == 0 {
		return 0
	}
	return c.Pages[n-1].Number
}

// PlaceAt returns the metadata of the place at an offset, or nil before the
// first place.
func (c Content) PlaceAt(at int) map[string]any {
	n := sort.Search(len(c.Places), func(i int) bool { return c.Places[i].Start > at })
	if n == 0 {
		return nil
	}
	return c.Places[n-1].Metadata
}

// ID returns the id of the document with these bytes: their SHA-256 in
// hexadecimal.
func ID(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
