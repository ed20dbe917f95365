package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"

	"selfrag/retrieval"
)

// passages splits a document. A passage's id depends on the source, the
// content and the way of splitting and on nothing else, so that the same run
// over the same files gives the same ids. Its metadata is the document's, and
// where in the document it stands.
func passages(doc retrieval.Document, of content, cfg Config) []retrieval.Passage {
	text := []rune(doc.Text)
	pieces := cfg.pieces(text, of)
	sum := sha256.Sum256([]byte(doc.Source + "\x00" + doc.ID + "\x00" + cfg.splitting()))
	// Where a document hides something is said once, not with each passage.
	metadata := maps.Clone(doc.Metadata)
	delete(metadata, retrieval.HiddenSpans)
	prefix := hex.EncodeToString(sum[:8])
	headings := of.outline()
	out := make([]retrieval.Passage, len(pieces))
	for i, p := range pieces {
		out[i] = retrieval.Passage{
			ID:       fmt.Sprintf("%s-%d", prefix, i),
			Document: doc.ID,
			Source:   doc.Source,
			Title:    doc.Title,
			Text:     string(text[p.start:p.end]),
			Start:    p.start,
			End:      p.end,
			Metadata: placed(metadata, of, headings, p),
		}
	}
	return out
}

// placed adds to a document's metadata where a piece of it stands.
func placed(metadata map[string]any, of content, headings outline, p piece) map[string]any {
	where := map[string]any{}
	if n := of.pageAt(p.place); n > 0 {
		where[retrieval.Page] = float64(n)
	}
	if path := headings.path(p.place); path != "" {
		where[retrieval.Heading] = path
	}
	maps.Copy(where, of.placeAt(p.place))
	if p.parent.len() > 0 {
		where[retrieval.ParentStart], where[retrieval.ParentEnd] = float64(p.parent.start), float64(p.parent.end)
	}
	if len(where) == 0 {
		return metadata
	}
	maps.Copy(where, metadata)
	return where
}
