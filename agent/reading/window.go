package reading

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// window is a text made of neighbouring passages of a document.
type window struct {
	start    int         // offset of the first rune in the document
	runes    []rune      // text; a rune that is in no passage is a line end
	known    []text.Span // spans of the document that are in passages; sorted, disjoint
	passages []retrieval.Passage
}

// widestGap is the number of runes that may lie between two passages of one
// window. There are gaps because splitting a document drops white space. Not
// measured.
const widestGap = 8

// windowsOf joins passages of one document that overlap or nearly touch into
// windows. The passages may be in any order. A passage whose offsets do not
// match its text is dropped.
func windowsOf(passages []retrieval.Passage) []window {
	passages = slices.Clone(passages)
	slices.SortStableFunc(passages, func(a, b retrieval.Passage) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	var out []window
	for _, p := range passages {
		if p.Start < 0 || p.End-p.Start != utf8.RuneCountInString(p.Text) || p.Text == "" {
			continue
		}
		if len(out) == 0 || p.Start > out[len(out)-1].end()+widestGap {
			out = append(out, window{start: p.Start})
		}
		out[len(out)-1].add(p)
	}
	return out
}

func (w *window) end() int { return w.start + len(w.runes) }

func (w *window) add(p retrieval.Passage) {
	w.passages = append(w.passages, p)
	end := w.end()
	if p.End <= end && len(w.known) > 0 {
		return
	}
	for range p.Start - end {
		w.runes = append(w.runes, '\n')
	}
	w.runes = append(w.runes, []rune(p.Text)[max(0, end-p.Start):]...)
	if last := len(w.known) - 1; last >= 0 && p.Start <= w.known[last].End {
		w.known[last].End = p.End
		return
	}
	w.known = append(w.known, text.Span{Start: p.Start, End: p.End})
}

// between returns the text of a span of the document.
func (w *window) between(s text.Span) []rune { return w.runes[s.Start-w.start : s.End-w.start] }

// spans returns the parts of a span that are in passages, each without white
// space around it.
func (w *window) spans(s text.Span) []text.Span {
	var out []text.Span
	for _, k := range w.known {
		part := text.Span{Start: max(k.Start, s.Start), End: min(k.End, s.End)}
		if part.Start >= part.End {
			continue
		}
		bare := text.Trimmed(w.runes, text.Span{Start: part.Start - w.start, End: part.End - w.start})
		if bare.Start < bare.End {
			out = append(out, text.Span{Start: bare.Start + w.start, End: bare.End + w.start})
		}
	}
	return out
}
