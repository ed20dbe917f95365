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

// passages splits a document. A passage's id depends on the source, the
// content and the way of splitting and on nothing else, so that the same run
// over the same files gives the same ids. Its metadata is the document's, and
// where in the document it stands.
func passages(doc retrieval.Document, of content.Content, cfg Config) []retrieval.Passage {
	offsets := text.NewOffsets(doc.Text)
	pieces := cfg.pieces(offsets, of)
	sum := sha256.Sum256([]byte(doc.Source + "\x00" + doc.ID + "\x00" + cfg.splitting()))
	// Where a document hides something is said once, not with each passage.
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

// placed adds to a document's metadata where a piece of it stands, and where in
// the piece that changes.
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
		if written, err := retrieval.PlacesOf(places); err == nil { // text and numbers always can be
			where[retrieval.Places] = written
		}
	}
	if len(where) == 0 {
		return metadata
	}
	maps.Copy(where, metadata)
	return where
}

// whereIs is the place of an offset.
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

// maxChanges is how often the place changes in a passage at most; what follows
// then counts to the last one.
const maxChanges = 1000

// changes are the places in a part of the text, if they are not all that of
// the offset that stands for it.
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
