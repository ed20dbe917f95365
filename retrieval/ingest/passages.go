package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sort"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/text"
)

// passages splits a document into passages. The id of a passage depends only on the
// source, the content and the way of splitting, so that another run over the same
// files gives the same ids. The metadata of a passage is that of the document, with
// the place of the passage added.
func passages(doc retrieval.Document, of content.Content, cfg Config) []retrieval.Passage {
	offsets := text.NewOffsets(doc.Text)
	pieces := cfg.pieces(offsets, of)
	sum := sha256.Sum256([]byte(doc.Source + "\x00" + doc.ID + "\x00" + cfg.splitting()))
	// The hidden spans stay with the document and are not copied to each passage.
	metadata := maps.Clone(doc.Metadata)
	delete(metadata, retrieval.HiddenSpans)
	prefix := hex.EncodeToString(sum[:8])
	headings := of.Outline()
	out := make([]retrieval.Passage, len(pieces))
	for i, p := range pieces {
		out[i] = retrieval.Passage{
			ID:       fmt.Sprintf("%s-%d", prefix, i),
			Document: doc.ID,
			Source:   doc.Source,
			Title:    doc.Title,
			Text:     offsets.Slice(p.Start, p.End),
			Start:    p.Start,
			End:      p.End,
			Metadata: placed(metadata, of, headings, p),
		}
	}
	return out
}

// placed returns the metadata of a document with the place of a piece of it added,
// such as its page, and the changes of the place within the piece.
func placed(metadata map[string]any, of content.Content, headings content.Outline, p piece) map[string]any {
	where := whereIs(of, headings, p.place)
	whole := p.Span
	if p.parent.Len() > 0 {
		whole = p.parent
	}
	places := changes(of, headings, p.place, whole)
	if p.parent.Len() > 0 {
		where[retrieval.ParentStart], where[retrieval.ParentEnd] = float64(p.parent.Start), float64(p.parent.End)
	}
	if len(places) > 0 {
		if written, err := retrieval.PlacesOf(places); err == nil { // text and numbers can always be written
			where[retrieval.Places] = written
		}
	}
	if len(where) == 0 {
		return metadata
	}
	maps.Copy(where, metadata)
	return where
}

// whereIs returns the place of an offset as metadata: its page, its headings, and
// the like.
func whereIs(of content.Content, headings content.Outline, at int) map[string]any {
	where := map[string]any{}
	if n := of.PageAt(at); n > 0 {
		where[retrieval.Page] = float64(n)
	}
	if path := headings.Path(at); path != "" {
		where[retrieval.Heading] = path
	}
	maps.Copy(where, of.PlaceAt(at))
	return where
}

// maxChanges is the maximum number of changes of the place within a passage. The
// rest of the passage has the place of the last one.
const maxChanges = 1000

// changes returns the offsets in a part of the text at which the place changes, with
// the new places. place is the offset whose place the whole part has otherwise.
func changes(of content.Content, headings content.Outline, place int, part content.Span) []retrieval.PlaceAt {
	borders := []int{part.Start}
	within := func(n int, start func(int) int) {
		for i := sort.Search(n, func(i int) bool { return start(i) > part.Start }); i < n && start(i) < part.End; i++ {
			borders = append(borders, start(i))
		}
	}
	within(len(of.Pages), func(i int) int { return of.Pages[i].Start })
	within(len(of.Headings), func(i int) int { return of.Headings[i].Start })
	within(len(of.Places), func(i int) int { return of.Places[i].Start })
	slices.Sort(borders)
	last := whereIs(of, headings, place)
	var out []retrieval.PlaceAt
	for _, at := range slices.Compact(borders) {
		if where := whereIs(of, headings, at); !maps.Equal(where, last) && len(out) < maxChanges {
			out = append(out, retrieval.PlaceAt{Start: at, Where: where})
			last = where
		}
	}
	return out
}
