package content

import (
	"fmt"
	"slices"
	"strings"

	"selfrag/retrieval"
)

// HiddenMetadata returns hidden spans as metadata of a document, under
// retrieval.HiddenSpans. It returns nil if there are none.
func HiddenMetadata(hidden []Span) map[string]any {
	if len(hidden) == 0 {
		return nil
	}
	var out []string
	for _, h := range atMost(maxHidden, hidden) {
		out = append(out, fmt.Sprintf("%d-%d", h.Start, h.End))
	}
	return map[string]any{retrieval.HiddenSpans: strings.Join(out, " ")}
}

// maxHidden is the maximum number of hidden spans that a document keeps. If it has
// more, neighbours are joined, together with the text between them. It is better to
// call too much text hidden than too little.
const maxHidden = 1000

// atMost joins spans that touch, and then the spans that are nearest to each other
// until there are at most n. It returns them sorted.
func atMost(n int, spans []Span) []Span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	for gap := 0; ; gap = 2*gap + 1 {
		joined := spans[:1]
		for _, s := range spans[1:] {
			if last := &joined[len(joined)-1]; s.Start <= last.End+gap {
				last.End = max(last.End, s.End)
			} else {
				joined = append(joined, s)
			}
		}
		if spans = joined; len(spans) <= n {
			return spans
		}
	}
}
