package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sort"

	"selfrag/retrieval/text"
)

// A Reader turns the bytes of a file into its content. If a packed file holds more
// than maxBytes, it returns ErrTooLarge. If reading takes long and ctx ends, it
// stops and returns the cause of ctx. It accepts any bytes, and returns an error if
// they are not a file of its type.
type Reader func(ctx context.Context, raw []byte, maxBytes int64) (Content, error)

// Content is the text of a file, with the places in the text of its headings,
// pages and so on. Offsets count runes of the text. Headings, pages and places are
// sorted by their offsets.
type Content struct {
	Title    string // title of the document, on one line; may be empty
	Text     string // valid UTF-8 with newlines as \n
	Headings []Heading
	Pages    []Page         // empty if the file has no pages
	Units    []Span         // parts that never share a passage, such as the rows of a sheet; nil if the whole text is one
	Hidden   []Span         // parts of the text that people do not see in the file, such as white text
	Places   []Place        // where the text stands in the file apart from pages, such as on which slide
	Leads    []Lead         // beginnings to repeat wherever a long table or row is cut
	Cuts     []int          // offsets at which WithLeads repeated a lead, or at which the part with a repeated lead begins or ends
	Metadata map[string]any // what the file says about itself, such as a front matter: strings, float64s and bools
	Warnings []string       // what the file holds and the text does not, one sentence each
}

// Span is a part of a text in runes.
type Span = text.Span

// Heading is the heading of a section of the text.
type Heading struct {
	Start int    // offset
	Level int    // 1 is the highest
	Text  string // on one line and not too long, see Name
}

// Page is the place in the text where a page of the file begins.
type Page struct {
	Start  int // offset
	Number int // from 1
}

// Place is the metadata of the text from an offset up to the next place, such as
// the number of the slide. Places may share a map, so it must not be changed.
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

// PlaceAt returns the metadata of the place that an offset is in, or nil if it is
// before the first place.
func (c Content) PlaceAt(at int) map[string]any {
	n := sort.Search(len(c.Places), func(i int) bool { return c.Places[i].Start > at })
	if n == 0 {
		return nil
	}
	return c.Places[n-1].Metadata
}

// ID returns the id of the document whose file has these bytes: their SHA-256 in
// hexadecimal.
func ID(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
