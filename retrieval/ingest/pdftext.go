package ingest

import (
	"context"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// matrix is a transformation [a b c d e f] (ISO 32000-1, 8.3.3).
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// then is m, and n after it.
func (m matrix) then(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// pdfState is the part of the graphics state that text depends on.
type pdfState struct {
	ctm                        matrix
	font                       *pdfFont
	size, charSpace, wordSpace float64
	scale, leading             float64
	textMatrix, lineMatrix     matrix
	look                       pdfLook
}

const (
	maxFormDepth = 8
	maxOperands  = 1 << 16
	maxSaved     = 256 // graphics states
)

// run shows what a content stream shows.
func (p *pdfPage) run(code []byte, resources types.Dict, ctm matrix, look pdfLook, depth int) error {
	s := pdfState{ctm: ctm, look: look, scale: 1, textMatrix: identity, lineMatrix: identity}
	var saved []pdfState
	var args []pdfToken
	lexer := pdfLexer{code}
	for {
		t := lexer.next()
		if t.kind == 0 {
			return nil
		}
		if t.kind != 'o' || t.text == "[" || t.text == "]" {
			if len(args) < maxOperands {
				args = append(args, t)
			}
			continue
		}
		// Forms and fonts can be long, each for itself.
		if p.late() || (t.text == "Do" || t.text == "Tf") && p.ctx.Err() != nil {
			return context.Cause(p.ctx)
		}
		if p.full() {
			return tooLarge(p.most)
		}
		switch t.text {
		case "q":
			if len(saved) < maxSaved {
				saved = append(saved, s)
			}
		case "Q":
			if n := len(saved); n > 0 {
				s, saved = saved[n-1], saved[:n-1]
			}
		case "Do":
			if len(args) > 0 && depth < maxFormDepth {
				if err := p.form(args[len(args)-1].text, resources, s, depth); err != nil {
					return err
				}
			}
		case "Tf":
			if n := len(args); n >= 2 {
				s.font, s.size = p.font(args[n-2].text, resources), args[n-1].number
			}
		case "ID":
			lexer.skipInlineImage()
			p.painted = true
		default:
			p.operate(&s, t.text, args)
			s.look.operate(t.text, args)
			p.painted = p.painted || s.look.paints(t.text)
		}
		args = args[:0]
	}
}

// form shows a form XObject.
func (p *pdfPage) form(name string, resources types.Dict, s pdfState, depth int) error {
	reference := p.dict(resources["XObject"])[name]
	form := p.dict(reference)
	if form == nil || p.name(form["Subtype"]) != "Form" {
		p.painted = p.painted || form != nil
		return nil
	}
	ctm := s.ctm
	if m := p.array(form["Matrix"]); len(m) == 6 {
		var of matrix
		for i := range of {
			of[i] = p.number(m[i])
		}
		ctm = of.then(ctm)
	}
	if own := p.dict(form["Resources"]); own != nil {
		resources = own
	}
	return p.run(p.stream(reference), resources, ctm, s.look, depth+1)
}

// operate runs a text operator (ISO 32000-1, 9.3 and 9.4).
func (p *pdfPage) operate(s *pdfState, operator string, args []pdfToken) {
	number := func(fromEnd int) float64 {
		if i := len(args) - fromEnd; i >= 0 {
			return args[i].number
		}
		return 0
	}
	six := func() (m matrix) {
		for i := range m {
			m[i] = number(6 - i)
		}
		return m
	}
	move := func(x, y float64) {
		s.lineMatrix = matrix{1, 0, 0, 1, x, y}.then(s.lineMatrix)
		s.textMatrix = s.lineMatrix
	}
	switch operator {
	case "cm":
		s.ctm = six().then(s.ctm)
	case "BT":
		s.textMatrix, s.lineMatrix = identity, identity
	case "Tm":
		s.lineMatrix = six()
		s.textMatrix = s.lineMatrix
	case "TD":
		s.leading = -number(1)
		move(number(2), number(1))
	case "Td":
		move(number(2), number(1))
	case "T*":
		move(0, -s.leading)
	case "TL":
		s.leading = number(1)
	case "Tc":
		s.charSpace = number(1)
	case "Tw":
		s.wordSpace = number(1)
	case "Tz":
		s.scale = number(1) / 100
	case "\"":
		s.wordSpace, s.charSpace = number(3), number(2)
		fallthrough
	case "'":
		move(0, -s.leading)
		fallthrough
	case "Tj", "TJ":
		for _, a := range args {
			switch a.kind {
			case 's':
				p.show(s, a.text)
			case 'n':
				if operator == "TJ" {
					s.advance(-a.number / 1000 * s.size * s.scale)
				}
			}
		}
	}
}

func (s *pdfState) advance(x float64) {
	s.textMatrix = matrix{1, 0, 0, 1, x, 0}.then(s.textMatrix)
}

// show writes the characters of a string where they stand.
func (p *pdfPage) show(s *pdfState, codes string) {
	if s.font == nil {
		return
	}
	for codes != "" && !p.late() && !p.full() {
		g, n := s.font.next(codes)
		at := s.textMatrix.then(s.ctm)
		advance := g.width/1000*s.size + s.charSpace
		if n == 1 && codes[0] == ' ' {
			advance += s.wordSpace
		}
		s.advance(advance * s.scale)
		end := s.textMatrix.then(s.ctm)
		if g.text == "" {
			p.unmapped++
		}
		p.layout.place(printed(g.text), at, end, math.Abs(s.size)*math.Hypot(at[2], at[3]), s.look.unseen(p.painted))
		codes = codes[n:]
	}
}

// printed leaves out what is no part of a text, such as control characters.
func printed(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || r == '\u00ad':
			return ' '
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, s)
}

// pdfLayout puts characters with places together to lines and paragraphs. It
// keeps the order in which they are written.
type pdfLayout struct {
	text   markedText
	x, y   float64 // where the last character ended
	last   byte
	unseen bool // the last character
}

// place writes a character that stands at a point and ends at another, in a
// font of that size.
func (l *pdfLayout) place(text string, at, end matrix, size float64, unseen bool) {
	if text == "" || size == 0 || math.IsNaN(size) {
		return
	}
	// Along the writing direction, and across it.
	norm := math.Hypot(at[0], at[1])
	ux, uy := at[0]/norm, at[1]/norm
	dx, dy := at[4]-l.x, at[5]-l.y
	along, across := dx*ux+dy*uy, math.Abs(dy*ux-dx*uy)
	hidden := l.unseen && unseen // so is what is between them
	blank := l.last == ' ' || l.last == '\n' || text[0] == ' '
	switch {
	case l.text.out.Len() == 0:
	case across > 2*size || math.IsNaN(across):
		l.write("\n\n", hidden)
	case across > 0.6*size:
		l.write("\n", hidden)
	case (along > 0.2*size || along < -size) && !blank:
		l.write(" ", hidden)
	}
	if text != " " || l.last != ' ' && l.last != '\n' {
		l.write(text, unseen)
	}
	l.unseen = unseen
	l.x, l.y = end[4], end[5]
}

func (l *pdfLayout) write(s string, hidden bool) {
	l.text.add(s, hidden)
	l.last = s[len(s)-1]
}
