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

// segment is what stands on a line without a gap that sets columns apart.
type segment struct {
	box
	text  string
	base  float64
	em    float64
	order int  // of its first piece, in the page's content
	space bool // the file has a space at its end
}

// row is what stands on one line across the page, from left to right.
type row struct {
	segments []segment
	base     float64
	em       float64 // the largest
	top      float64
}

// wideGap is the gap, in sizes of the font, that sets columns or cells apart.
// Spaces of justified text are narrower but for few.
const wideGap = 1.0

// narrowGap is the gap that a space makes. PDFium tells most of the spaces;
// between what it sees apart from each other they are found by this.
const narrowGap = 0.12

// touching is the gap up to which letters touch, whatever spaces the file has
// between them: those are drawn elsewhere.
const touching = 0.06

// rows puts pieces together to lines. Pieces of one line may be anywhere in the
// content.
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

// takes reports whether a segment stands on the row.
func (r *row) takes(s segment) bool {
	if r.base-s.base > 0.4*min(r.em, s.em) && !(s.em < 0.8*r.em && r.base-s.base < 0.4*r.em) {
		return false
	}
	for _, o := range r.segments {
		if o.base-s.base > 0.2*s.em && o.x0 < s.x1-0.2*s.em && s.x0 < o.x1-0.2*o.em {
			return false // below it
		}
	}
	return true
}

func (r *row) add(s segment) {
	r.segments = append(r.segments, s)
	if s.em > r.em*1.1 { // the base of a line is that of its largest letters
		r.base = s.base
	}
	r.em, r.top = max(r.em, s.em), max(r.top, s.y1)
}

// join sorts the segments of a row and makes one of those without a wide gap
// between them.
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
		last.box, last.em, last.order, last.space = last.union(s.box), max(last.em, s.em), min(last.order, s.order), s.space
	}
	r.segments = joined
}

// segmentsOf puts neighbours in the content together.
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
		s.space = i+1 < len(pieces) && pieces[i+1].space
		last = p
	}
	end()
	return out
}

// slantedRows are lines of text that stand aslant, as PDFium sees them.
func slantedRows(pieces []piece) []row {
	var out []row
	for i, p := range pieces {
		if n := len(out); n > 0 && !p.line {
			s := &out[n-1].segments[0]
			if p.space {
				s.text += " "
			}
			s.text += p.text
			s.box = s.union(p.box)
			continue
		}
		base := -1.2 * p.em * float64(len(out))
		out = append(out, row{segments: []segment{{box: p.box, text: p.text, base: base, em: p.em, order: i}}, base: base, em: p.em})
	}
	return out
}

// follows reports whether a piece goes on with the segment that ends with
// another, raised and lowered figures included.
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

// rtl reports whether a text is written from right to left.
func rtl(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.In(r, unicode.Hebrew, unicode.Arabic)
}

// text is a row in one line.
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

// box is the part of the page that a row stands on.
func (r *row) box() box {
	b := r.segments[0].box
	for _, s := range r.segments[1:] {
		b = b.union(s.box)
	}
	return b
}
