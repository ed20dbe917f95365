package serve

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"unicode/utf8"

	"selfrag/retrieval"
)

// maxSourceRunes is the maximum length in runes of the text of a Source.
const maxSourceRunes = 100_000

// Source is a part of a document, with a span in it to highlight, such as the
// quote of a citation. Offsets count runes of the whole document.
type Source struct {
	ID         string
	Collection string
	Document   string
	Source     string
	Title      string
	Metadata   map[string]any
	Length     int    // length of the whole document
	From, To   int    // range of Text in the document
	Text       string // text of the document, unchanged; never to be used as markup
	Start, End int    // the span to highlight; Start equals End if there is none
	Hidden     []Hidden
}

// SourceID returns the id that stands in URLs for a document of a collection.
// The id consists of the source and a part of the hash of the document's id. It
// changes with the text of the document, so that the offsets in a URL are never
// applied to another text.
func SourceID(document, source string) string {
	sum := sha256.Sum256([]byte(document))
	return base64.RawURLEncoding.EncodeToString(append(sum[:6:6], source...))
}

func parseSourceID(id string) (sum [6]byte, source string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil || len(raw) <= len(sum) || !utf8.Valid(raw[len(sum):]) {
		return sum, "", false
	}
	copy(sum[:], raw)
	return sum, string(raw[len(sum):]), true
}

// Source returns the text of a document between the rune offsets start and end,
// and margin runes before and after it. If margin is negative, it returns the
// whole document. The text has at most maxSourceRunes. A span that reaches
// beyond the document is cut off at the end of the document.
func (s *Scope) Source(ctx context.Context, collection, id string, start, end, margin int) (Source, error) {
	out, err := s.source(ctx, collection, id, start, end, margin)
	return out, explain(ctx, err)
}

func (s *Scope) source(ctx context.Context, collection, id string, start, end, margin int) (Source, error) {
	c, err := s.collection(ctx, collection)
	if err != nil {
		return Source{}, err
	}
	doc, err := documentNamed(ctx, c, id)
	if err != nil {
		return Source{}, err
	}
	return part(ctx, collection, c, doc, start, end, margin)
}

// documentNamed returns the document with the given source id, without its
// text.
func documentNamed(ctx context.Context, c Collection, id string) (retrieval.Document, error) {
	sum, name, ok := parseSourceID(id)
	if !ok {
		return retrieval.Document{}, errUnknownSource()
	}
	doc, found, err := c.Document(ctx, name)
	if err != nil {
		return retrieval.Document{}, err
	}
	if have := sha256.Sum256([]byte(doc.ID)); !found || [6]byte(have[:6]) != sum {
		return retrieval.Document{}, errUnknownSource()
	}
	return doc, nil
}

func errUnknownSource() error {
	return errorf(NotFound, "there is no such source, or it has changed since")
}

// Document returns the current text of a document, beginning at the given rune
// offset. The text has at most maxSourceRunes.
func (s *Scope) Document(ctx context.Context, collection, source string, offset int) (Source, error) {
	out, err := s.document(ctx, collection, source, offset)
	return out, explain(ctx, err)
}

func (s *Scope) document(ctx context.Context, collection, source string, offset int) (Source, error) {
	c, err := s.collection(ctx, collection)
	if err != nil {
		return Source{}, err
	}
	doc, found, err := c.Document(ctx, source)
	if err != nil {
		return Source{}, err
	}
	if !found {
		return Source{}, errUnknownSource()
	}
	return part(ctx, collection, c, doc, offset, offset+maxSourceRunes, 0)
}

// part returns the text around a span of a document, as the method Source
// describes.
func part(ctx context.Context, collection string, c Collection, doc retrieval.Document, start, end, margin int) (Source, error) {
	text, err := c.Text(ctx, doc.ID, doc.Source)
	if err != nil {
		return Source{}, err
	}
	runes := []rune(text)
	start = min(max(0, start), len(runes))
	end = min(max(start, end), len(runes))
	from, to := 0, len(runes)
	if margin >= 0 {
		from, to = max(0, start-margin), min(len(runes), end+margin)
	}
	if to-from > maxSourceRunes { // keep the beginning of the span visible
		from = max(from, min(start, to-maxSourceRunes))
		to = min(to, from+maxSourceRunes)
	}
	shownPart := runes[from:to]
	return Source{
		ID: SourceID(doc.ID, doc.Source), Collection: collection, Document: doc.ID, Source: doc.Source, Title: doc.Title, Metadata: retrieval.Shown(doc.Metadata),
		Length: len(runes), From: from, To: to, Text: string(shownPart), Start: start, End: end,
		Hidden: append(hiddenByStyle(doc.Metadata, from, to), hiddenIn(shownPart, from)...),
	}, nil
}
