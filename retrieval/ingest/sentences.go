package ingest

import "selfrag/retrieval/text"

// splitSentences packs whole sentences into chunks of at most size runes;
// neighbours share whole sentences of at most overlap runes. A sentence that
// is too long is split as split does.
func splitSentences(runes []rune, size, overlap int) []span {
	s := splitter{text: runes, size: size, overlap: overlap}
	s.fit(sentences(runes), separators)
	return s.chunks
}

// sentences divides a text into its sentences, each with the white space after
// it.
func sentences(runes []rune) []span {
	var out []span
	for _, s := range text.Sentences(runes) {
		out = append(out, span{s.Start, s.End})
	}
	return out
}
