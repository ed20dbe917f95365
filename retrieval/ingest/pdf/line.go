package pdf

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is a part of a text, in runes: from Start up to, but not including, End.
type Span struct{ Start, End int }

// segment is a part of a line of text that has no gap as wide as one between
// columns.
type segment struct {
	box
	text  string
	base  float64
	em    float64
	order int   // index of its first piece in the page's content
	space bool  // a space follows it, or PDFium inserted one
	ends  bool  // the file has a space after it
	words []int // the indexes of its pieces, see piece.index
}

// row is a line of text across the whole page, from left to right.
type row struct {
	segments []segment
	base     float64
	em       float64 // the largest font size in it
	top      float64
}

// wideGap is the minimum gap between columns or cells, in font sizes. Only a few
// spaces of justified text are wider.
const wideGap = 1.0

// narrowGap is the minimum gap that stands for a space, in font sizes. PDFium
// finds most spaces itself. This finds the spaces between pieces that come from
// different places in the page's content.
const narrowGap = 0.12

// touching is the maximum gap between letters that touch, in font sizes. A space
// that the file has between them is ignored, because it is drawn elsewhere.
const touching = 0.06

// rows joins pieces into lines, from the top of the page down. The pieces of one
// line may be anywhere in the page's content.
func rows(pieces []piece) []row {
	segments := segmentsOf(pieces)
	slices.SortStableFunc(segments, func(a, b segment) int { return cmp.Compare(b.base, a.base) })
	var out []row
	for _, s := range segments {
		if n := len(out); n > 0 && out[n-1].takes(s) {
			out[n-1].add(s)
			continue
		}
		out = append(out, row{segments: []segment{s}, base: s.base, em: s.em, top: s.y1})
	}
	for i := range out {
		out[i].join()
	}
	slices.SortStableFunc(out, func(a, b row) int { return cmp.Compare(b.base, a.base) })
	return out
}

// takes reports whether a segment belongs to the row.
func (r *row) takes(s segment) bool {
	if r.base-s.base > 0.4*min(r.em, s.em) && !(s.em < 0.8*r.em && r.base-s.base < 0.4*r.em) {
		return false
	}
	for _, o := range r.segments {
		if o.base-s.base > 0.2*s.em && o.x0 < s.x1-0.2*s.em && s.x0 < o.x1-0.2*o.em {
			return false // s stands below o
		}
	}
	return true
}

func (r *row) add(s segment) {
	r.segments = append(r.segments, s)
	if s.em > r.em*1.1 { // the baseline of a row is that of its largest letters
		r.base = s.base
	}
	r.em, r.top = max(r.em, s.em), max(r.top, s.y1)
}

// join sorts the segments of a row from left to right, and merges neighbours
// without a wide gap between them.
func (r *row) join() {
	slices.SortStableFunc(r.segments, func(a, b segment) int { return cmp.Compare(a.x0, b.x0) })
	joined := r.segments[:1]
	for _, s := range r.segments[1:] {
		last := &joined[len(joined)-1]
		gap := s.x0 - last.x1
		if gap > wideGap*max(last.em, s.em) {
			joined = append(joined, s)
			continue
		}
		if gap > narrowGap*min(last.em, s.em) || last.space {
			last.text = strings.TrimRight(last.text, " ") + " "
		}
		last.text += s.text
		last.words = append(last.words, s.words...)
		last.box, last.em, last.order, last.space = last.union(s.box), max(last.em, s.em), min(last.order, s.order), s.space
		last.ends = s.ends
	}
	r.segments = joined
}

// segmentsOf joins pieces that follow each other both in the page's content and
// on a line.
func segmentsOf(pieces []piece) []segment {
	var out []segment
	var b strings.Builder
	var s segment
	var last piece
	end := func() {
		if s.text = b.String(); strings.TrimSpace(s.text) != "" {
			out = append(out, s)
		}
		b.Reset()
	}
	for i, p := range pieces {
		if p.text == "" {
			continue
		}
		if b.Len() > 0 && s.follows(last, p) {
			if gap := p.x0 - last.x1; p.space && (gap > touching*p.em || rtl(p.text)) || gap > narrowGap*min(last.em, p.em) {
				b.WriteByte(' ')
			}
			s.box = s.union(p.box)
			if p.em > 1.1*s.em {
				s.base = p.base
			}
			s.em = max(s.em, p.em)
		} else {
			end()
			s = segment{box: p.box, base: p.base, em: p.em, order: i}
		}
		b.WriteString(p.text)
		s.words = append(s.words, p.index)
		s.space = i+1 < len(pieces) && pieces[i+1].space
		s.ends = i+1 < len(pieces) && pieces[i+1].parted
		last = p
	}
	end()
	return out
}

// slantedRows returns the lines of slanted text. They begin where PDFium found
// a new line, because the places of slanted pieces say little.
func slantedRows(pieces []piece) []row {
	var out []row
	for i, p := range pieces {
		if n := len(out); n > 0 && !p.line {
			s := &out[n-1].segments[0]
			if p.space {
				s.text += " "
			}
			s.text += p.text
			s.words = append(s.words, p.index)
			s.box = s.union(p.box)
			continue
		}
		base := -1.2 * p.em * float64(len(out))
		out = append(out, row{segments: []segment{{box: p.box, text: p.text, base: base, em: p.em, order: i, words: []int{p.index}}}, base: base, em: p.em})
	}
	return out
}

// follows reports whether piece p continues the segment, whose last piece is
// last. A raised or lowered figure continues it, too.
func (s *segment) follows(last, p piece) bool {
	gap := p.x0 - last.x1
	offset := p.base - s.base
	if rtl(last.text) || rtl(p.text) {
		gap = max(p.x0-last.x1, last.x0-p.x1)
	} else if gap < -0.6*max(p.em, last.em) {
		return false
	}
	if gap > wideGap*max(p.em, last.em) {
		return false
	}
	most := 0.25 * max(p.em, s.em)
	if r := p.em / s.em; (r < 0.85 || r > 1.18) && gap < 0.3*max(p.em, s.em) {
		most = 0.5 * max(p.em, s.em)
	}
	return -most < offset && offset < most
}

// rtl reports whether a text is written from right to left, going by its first
// rune.
func rtl(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.In(r, unicode.Hebrew, unicode.Arabic)
}

// text returns the text of a row on one line.
func (r *row) text() string {
	var b strings.Builder
	for i, s := range r.segments {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimSpace(s.text))
	}
	return b.String()
}

// box returns the rectangle around a row.
func (r *row) box() box {
	b := r.segments[0].box
	for _, s := range r.segments[1:] {
		b = b.union(s.box)
	}
	return b
}
