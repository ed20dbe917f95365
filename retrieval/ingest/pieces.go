package ingest

import (
	"strings"
	"unicode/utf8"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/text"
)

// piece is a part of a text that becomes a passage.
type piece struct {
	content.Span
	parent content.Span // with SplitParent, the part that it was cut from; otherwise empty
	place  int          // the passage gets the page and the headings of this offset
}

// pieces cuts a document in the way that the settings say. Each unit, such as a row
// of a sheet, is cut on its own, so that no two units share a passage.
func (c Config) pieces(of text.Offsets, doc content.Content) []piece {
	units := doc.Units
	if units == nil {
		units = []content.Span{{Start: 0, End: of.Len()}}
	}
	if c.Split == SplitSentence { // it ignores lines, so it would not cut before a repeated lead by itself
		units = cutAt(units, doc.Cuts)
	}
	if c.Split == SplitNone {
		return asPieces(units)
	}
	var all []piece
	for _, u := range blocks(of, units) {
		for _, p := range c.cut([]rune(of.Slice(u.Start, u.End)), within(doc.Headings, u)) {
			p.Start, p.End, p.place = p.Start+u.Start, p.End+u.Start, p.place+u.Start
			if p.parent.Len() > 0 {
				p.parent = content.Span{Start: p.parent.Start + u.Start, End: p.parent.End + u.Start}
			}
			all = append(all, p)
		}
	}
	return all
}

// blockRunes is the maximum number of runes of a unit that are cut into pieces at a
// time. Cutting needs the text as a []rune of four bytes each; a block keeps this
// small for a long text, too.
const blockRunes = 1 << 17

// blocks divides units that are longer than a block. It cuts in the last half of a
// block, before an empty line, or else at the end of a line, or else at the end of a
// word. Pieces of two blocks share no text.
func blocks(of text.Offsets, units []content.Span) []content.Span {
	var out []content.Span
	for _, u := range units {
		for u.Len() > blockRunes {
			block := of.Slice(u.Start, u.Start+blockRunes)
			end := blockRunes
			for _, sep := range separators {
				if at := strings.LastIndex(block, sep); at > len(block)/2 {
					end = utf8.RuneCountInString(block[:at])
					break
				}
			}
			out = append(out, content.Span{Start: u.Start, End: u.Start + end})
			u.Start += end
		}
		out = append(out, u)
	}
	return out
}

// cutAt cuts spans at offsets. Both must be sorted.
func cutAt(spans []content.Span, cuts []int) []content.Span {
	var out []content.Span
	for _, s := range spans {
		for len(cuts) > 0 && cuts[0] < s.End {
			if cuts[0] > s.Start {
				out = append(out, content.Span{Start: s.Start, End: cuts[0]})
				s.Start = cuts[0]
			}
			cuts = cuts[1:]
		}
		out = append(out, s)
	}
	return out
}

// within returns the offsets of the headings in a unit, relative to its start.
func within(headings []content.Heading, u content.Span) []int {
	var starts []int
	for _, h := range headings {
		if h.Start >= u.Start && h.Start < u.End {
			starts = append(starts, h.Start-u.Start)
		}
	}
	return starts
}

func (c Config) cut(text []rune, headings []int) []piece {
	switch c.Split {
	case SplitMarkdown:
		return splitSections(text, headings, c.ChunkSize, c.Overlap)
	case SplitSentence:
		return asPieces(splitSentences(text, c.ChunkSize, c.Overlap))
	case SplitParent:
		return splitParents(text, c.ParentSize, c.ChunkSize, c.Overlap)
	}
	return asPieces(split(text, c.ChunkSize, c.Overlap))
}

func asPieces(spans []content.Span) []piece {
	pieces := make([]piece, len(spans))
	for i, s := range spans {
		pieces[i] = piece{Span: s, place: s.Start}
	}
	return pieces
}

// splitParents cuts a text into parents, which do not overlap, and each parent into
// passages.
func splitParents(text []rune, parentSize, size, overlap int) []piece {
	var pieces []piece
	for _, parent := range split(text, parentSize, 0) {
		for _, s := range split(text[parent.Start:parent.End], size, overlap) {
			s = content.Span{Start: s.Start + parent.Start, End: s.End + parent.Start}
			pieces = append(pieces, piece{s, parent, s.Start})
		}
	}
	return pieces
}

// splitSections makes a piece of each section, from its heading to the next one, and
// splits sections longer than size. A heading without text of its own is joined to
// the section below it.
func splitSections(text []rune, headings []int, size, overlap int) []piece {
	borders := append(append([]int{0}, headings...), len(text))
	var pieces []piece
	begin := 0
	for i, start := range borders[:len(borders)-1] {
		end := borders[i+1]
		if i+2 < len(borders) && onlyHeading(text[start:end]) && borders[i+2]-begin <= size {
			continue
		}
		for _, s := range split(text[begin:end], size, overlap) {
			s = content.Span{Start: s.Start + begin, End: s.End + begin}
			pieces = append(pieces, piece{Span: s, place: max(s.Start, start)})
		}
		begin = end
	}
	return pieces
}

// onlyHeading reports whether a section is nothing but a heading: one line, or a
// line and its underline.
func onlyHeading(section []rune) bool {
	lines := 0
	blank := true
	underline := true // the current line has only =, - and spaces so far
	for _, r := range section {
		switch r {
		case '\n':
			if !blank && (lines == 0 || !underline) {
				lines++
			}
			blank, underline = true, true
		case ' ', '\t':
		case '=', '-':
			blank = false
		default:
			blank, underline = false, false
		}
	}
	if !blank {
		lines++
	}
	return lines <= 1
}
