package ingest

import (
	"strings"
	"unicode/utf8"

	"selfrag/retrieval/text"
)

// piece is a part of a text that becomes a passage.
type piece struct {
	span
	parent span // the part that it was cut from, for SplitParent; else empty
	place  int  // the offset whose page and headings are the passage's
}

// pieces cuts a document as the settings say. Units, such as the rows of a
// table, are cut each for itself, so that none shares a passage with another.
func (c Config) pieces(of text.Offsets, content content) []piece {
	units := content.units
	if units == nil {
		units = []span{{0, of.Len()}}
	}
	if c.Split == SplitSentence { // which packs sentences whatever lines they are in
		units = cutAt(units, content.cuts)
	}
	if c.Split == SplitNone {
		return asPieces(units)
	}
	var all []piece
	for _, u := range blocks(of, units) {
		for _, p := range c.cut([]rune(of.Slice(u.start, u.end)), within(content.headings, u)) {
			p.start, p.end, p.place = p.start+u.start, p.end+u.start, p.place+u.start
			if p.parent.len() > 0 {
				p.parent = span{p.parent.start + u.start, p.parent.end + u.start}
			}
			all = append(all, p)
		}
	}
	return all
}

// blockRunes is how many runes of a part are cut into pieces at a time. A rune
// takes four bytes where it is looked at, so that a long text costs no more
// than a short one beside itself.
const blockRunes = 1 << 17

// blocks divides units that are longer than a block: before an empty line, else
// at the end of a line or of a word in a block's last half. Pieces of two blocks
// share no text.
func blocks(of text.Offsets, units []span) []span {
	var out []span
	for _, u := range units {
		for u.len() > blockRunes {
			block := of.Slice(u.start, u.start+blockRunes)
			end := blockRunes
			for _, sep := range separators {
				if at := strings.LastIndex(block, sep); at > len(block)/2 {
					end = utf8.RuneCountInString(block[:at])
					break
				}
			}
			out = append(out, span{u.start, u.start + end})
			u.start += end
		}
		out = append(out, u)
	}
	return out
}

// cutAt cuts spans at offsets; both grow.
func cutAt(spans []span, cuts []int) []span {
	var out []span
	for _, s := range spans {
		for len(cuts) > 0 && cuts[0] < s.end {
			if cuts[0] > s.start {
				out = append(out, span{s.start, cuts[0]})
				s.start = cuts[0]
			}
			cuts = cuts[1:]
		}
		out = append(out, s)
	}
	return out
}

// within gives the offsets of the headings that stand in a unit, counted from
// its start.
func within(headings []heading, u span) []int {
	var starts []int
	for _, h := range headings {
		if h.start >= u.start && h.start < u.end {
			starts = append(starts, h.start-u.start)
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

func asPieces(spans []span) []piece {
	pieces := make([]piece, len(spans))
	for i, s := range spans {
		pieces[i] = piece{span: s, place: s.start}
	}
	return pieces
}

// splitParents cuts a text into parents that share nothing, and each of these
// into passages.
func splitParents(text []rune, parentSize, size, overlap int) []piece {
	var pieces []piece
	for _, parent := range split(text, parentSize, 0) {
		for _, s := range split(text[parent.start:parent.end], size, overlap) {
			s = span{s.start + parent.start, s.end + parent.start}
			pieces = append(pieces, piece{s, parent, s.start})
		}
	}
	return pieces
}

// splitSections makes a piece of each section, from its heading to the next,
// and splits those longer than size. A heading without a text of its own goes
// with the section below it.
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
			s = span{s.start + begin, s.end + begin}
			pieces = append(pieces, piece{span: s, place: max(s.start, start)})
		}
		begin = end
	}
	return pieces
}

// onlyHeading tells whether a section has one line, or a line and its
// underline.
func onlyHeading(section []rune) bool {
	lines := 0
	blank := true
	underline := true // of the line at hand
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
