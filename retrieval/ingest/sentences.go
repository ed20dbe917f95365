package ingest

import (
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/text"
)

// splitSentences packs whole sentences into chunks of at most size runes. Two
// neighbouring chunks share whole sentences of at most overlap runes together. A
// sentence that is too long is split in the way that split does.
func splitSentences(runes []rune, size, overlap int) []content.Span {
	s := splitter{text: runes, size: size, overlap: overlap}
	s.fit(text.Sentences(runes), separators)
	return s.chunks
}
