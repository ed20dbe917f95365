package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"selfrag/retrieval"
)

// passages splits a document. A passage's id depends on the source, the
// content and the way of splitting and on nothing else, so that the same run
// over the same files gives the same ids.
func passages(doc retrieval.Document, cfg Config) []retrieval.Passage {
	text := []rune(doc.Text)
	spans := []span{{0, len(text)}}
	if cfg.Split == SplitRecursive {
		spans = split(text, cfg.ChunkSize, cfg.Overlap)
	}
	sum := sha256.Sum256([]byte(doc.Source + "\x00" + doc.ID + "\x00" + cfg.splitting()))
	prefix := hex.EncodeToString(sum[:8])
	out := make([]retrieval.Passage, len(spans))
	for i, s := range spans {
		out[i] = retrieval.Passage{
			ID:       fmt.Sprintf("%s-%d", prefix, i),
			Document: doc.ID,
			Source:   doc.Source,
			Title:    doc.Title,
			Text:     string(text[s.start:s.end]),
			Start:    s.start,
			End:      s.end,
			Metadata: doc.Metadata,
		}
	}
	return out
}
