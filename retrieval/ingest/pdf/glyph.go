package pdf

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// glyph is a character of a page, with its place on the page.
type glyph struct {
	text string // empty if the font does not say which character it is
	box         // in points, in the coordinates of the page
	// object is the address of the text object that draws the glyph.
	object    uint64
	index     int  // in PDFium's order
	blank     bool // a space, or an end of a line that PDFium inserted
	generated bool // inserted by PDFium, not written in the file
	line      bool // the end of a line
	hidden    bool
}

// box is a rectangle. The y axis points up.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) width() float64  { return b.x1 - b.x0 }
func (b box) height() float64 { return b.y1 - b.y0 }

func (b box) union(o box) box {
	return box{min(b.x0, o.x0), min(b.y0, o.y0), max(b.x1, o.x1), max(b.y1, o.y1)}
}

// piece is a run of glyphs without a gap: a word, or a part of a word that is
// drawn differently from the rest, such as in bold.
type piece struct {
	text   string
	box            // after the text was turned so that it reads from left to right
	base   float64 // y of the baseline, turned in the same way
	em     float64 // font size in points
	turn   turn    // how the text was turned on the page
	space  bool    // a space stands before it, or PDFium inserted one
	parted bool    // the file has a space before it
	line   bool    // PDFium found the end of a line before it
	hidden bool
	raw    box // on the page, not turned
	object uint64
	index  int // among the pieces of its page; order sets it
	field  box // rectangle of the annotation that it is the text of, if it is one
}

// turn is the direction in which a text is turned on its page.
type turn int

const (
	upright turn = iota
	up           // reads from bottom to top
	over         // upside down
	down         // reads from top to bottom
	slanted
)

// turned returns the box after the page was turned so that text of turn t is
// upright.
func (b box) turned(t turn) box {
	switch t {
	case up:
		return box{b.y0, -b.x1, b.y1, -b.x0}
	case over:
		return box{-b.x1, -b.y1, -b.x0, -b.y0}
	case down:
		return box{-b.y1, b.x0, -b.y0, b.x1}
	}
	return b
}

// turnOf returns the turn for a clockwise angle.
func turnOf(radians float64) turn {
	quarter := radians / (math.Pi / 2)
	nearest := math.Round(quarter)
	if math.Abs(quarter-nearest) > 0.06 { // 5 degrees
		return slanted
	}
	switch int(nearest) & 3 {
	case 1:
		return down
	case 2:
		return over
	case 3:
		return up
	}
	return upright
}

// glyphs reads the characters of a text page in PDFium's order. This is the
// order of the page's content, with spaces inserted into wide gaps, and without
// the second of two equal characters drawn in one place.
func (p *page) glyphs(ctx context.Context, text uint64) ([]glyph, error) {
	n := p.count("FPDFText_CountChars", text)
	out := make([]glyph, 0, min(n, 1<<16))
	for i := range n {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		at := uint64(i)
		code := rune(p.get("FPDFText_GetUnicode", text, at) & math.MaxUint32)
		g := glyph{index: i}
		if unicode.IsSpace(code) || code == 0 {
			g.generated = p.is("FPDFText_IsGenerated", text, at)
		}
		if !g.generated {
			if p.is("FPDFText_GetLooseCharBox", text, at, p.scratch) {
				g.box = box{x0: p.float32At(0), y1: p.float32At(4), x1: p.float32At(8), y0: p.float32At(12)}
			}
			g.object = p.get("FPDFText_GetTextObject", text, at)
		}
		unmapped := p.is("FPDFText_HasUnicodeMapError", text, at)
		switch {
		case unmapped && (!p.identity || code < 0x100):
		case code == 2 && p.is("FPDFText_IsHyphen", text, at):
			g.text = lineEndHyphen
		default:
			g.text = plainText(code)
			g.blank = g.text == " " || g.generated
			g.line = g.generated && code == '\n'
		}
		if n := len(out); n > 0 && compose(&out[n-1], &g) {
			continue
		}
		out = append(out, g)
	}
	return out, p.err
}

// accents replaces the accents that old fonts draw over a letter as characters
// of their own with the combining characters that look the same.
var accents = strings.NewReplacer("`", "\u0300", "´", "\u0301", "ˆ", "\u0302", "˜", "\u0303", "¯", "\u0304", "˘", "\u0306",
	"˙", "\u0307", "¨", "\u0308", "˚", "\u030a", "˝", "\u030b", "ˇ", "\u030c", "¸", "\u0327")

// compose merges an accent and the letter that it is drawn over into last, such
// as "¨" and "a" into "ä". The two may come in either order. It reports whether
// they were merged.
func compose(last, g *glyph) bool {
	if last.blank || g.blank || utf8.RuneCountInString(last.text) != 1 || utf8.RuneCountInString(g.text) != 1 {
		return false
	}
	middle := func(b box) float64 { return (b.x0 + b.x1) / 2 }
	accent, letter := last, g
	mark := accents.Replace(accent.text)
	if mark == accent.text {
		accent, letter = g, last
		mark = accents.Replace(accent.text)
	}
	r, _ := utf8.DecodeRuneInString(letter.text)
	if mark == accent.text || !unicode.IsLetter(r) || middle(accent.box) < letter.x0 || middle(accent.box) > letter.x1 {
		return false
	}
	base := strings.NewReplacer("ı", "i", "ȷ", "j").Replace(letter.text)
	one := norm.NFC.String(base + mark)
	if utf8.RuneCountInString(one) != 1 {
		return false
	}
	last.text, last.box, last.object = one, letter.box, letter.object
	return true
}

// lineEndHyphen is the text of a hyphen at the end of a line.
const lineEndHyphen = "-"

// plainText returns a character as plain text writes it. Ligatures are taken
// apart, each kind of space becomes a plain one, and control characters, soft
// hyphens and characters for private use are dropped.
func plainText(r rune) string {
	switch {
	case r >= 0xFB00 && r <= 0xFB06:
		return [...]string{"ff", "fi", "fl", "ffi", "ffl", "st", "st"}[r-0xFB00]
	case r >= 0x2126 && r <= 0x212B: // the signs for ohm, kelvin and angstrom become the letters that they look like
		return norm.NFC.String(string(r))
	case unicode.IsSpace(r):
		return " "
	case r == utf8.RuneError, r == 0xFFFE, r == 0xFFFF, r == 0xAD, unicode.IsControl(r), unicode.Is(unicode.Co, r), !utf8.ValidRune(r):
		return ""
	}
	return string(r)
}

// pieces joins glyphs into words. A glyph without text adds nothing to a word.
func (m *module) pieces(text uint64, glyphs []glyph) []piece {
	var out []piece
	var run []glyph
	var first piece
	space, parted, line := false, false, false
	end := func() {
		if len(run) == 0 {
			return
		}
		for i, part := range words(run, first.turn, first.em) {
			p := first
			if i > 0 {
				p.space, p.parted, p.line, p.box, p.raw = true, false, false, part[0].turned(first.turn), part[0].box
			}
			var b strings.Builder
			for _, g := range part {
				b.WriteString(g.text)
				p.box, p.raw = p.union(g.turned(first.turn)), p.raw.union(g.box)
			}
			if p.text = b.String(); p.text != "" {
				out = append(out, p)
			}
		}
		run = run[:0]
	}
	for i := range glyphs {
		g := &glyphs[i]
		if g.blank {
			end()
			space, parted, line = true, parted || !g.generated, line || g.line
			continue
		}
		if len(run) > 0 && (g.object != first.object || g.hidden != first.hidden || !first.goesOn(run[len(run)-1].turned(first.turn), g.turned(first.turn))) {
			end()
		}
		if len(run) == 0 {
			first = m.begin(text, g)
			first.space, first.parted, first.line = space, parted, line
			space, parted, line = false, false, false
		}
		run = append(run, *g)
	}
	end()
	return out
}

// words cuts a run of glyphs, in which PDFium found no space, at the gaps that
// are wider than the usual gap between its letters. The usual gap counts because
// all letters of a text may be spaced out. A run of two or three glyphs is too
// short to show that, and its smallest gap counts, or none: some files draw a
// text two letters at a time, and the end of a word with the next one's first.
func words(run []glyph, t turn, em float64) [][]glyph {
	if len(run) < 2 || t == slanted {
		return [][]glyph{run}
	}
	gaps := make([]float64, len(run)-1)
	for i := range gaps {
		gaps[i] = run[i+1].turned(t).x0 - run[i].turned(t).x1
	}
	usual := 0.0
	if n := len(gaps); n > 1 {
		sorted := slices.Sorted(slices.Values(gaps))
		usual = max(0, sorted[(n-1)/2])
	}
	limit := usual + wordGap*em
	var out [][]glyph
	from := 0
	for i, gap := range gaps {
		if gap > limit {
			out = append(out, run[from:i+1])
			from = i + 1
		}
	}
	return append(out, run[from:])
}

// wordGap is the minimum gap between words in font sizes, in addition to the gap
// between letters. Spaces of justified text are seldom below 0.15; kerning is
// below 0.1.
const wordGap = 0.12

// goesOn reports whether a glyph, next, stands where the piece that ends with
// last continues. PDFium inserts spaces between words, but not between the cells
// of narrow tables.
func (p *piece) goesOn(last, next box) bool {
	return p.turn == slanted || next.x0-last.x1 < 1.2*p.em && next.x0 > last.x1-1.5*p.em-next.width()
}

// begin returns a piece that begins with a glyph.
func (m *module) begin(text uint64, g *glyph) piece {
	at := uint64(g.index)
	p := piece{object: g.object, hidden: g.hidden, raw: g.box}
	p.turn = turnOf(float32Of(m.get("FPDFText_GetCharAngle", text, at)))
	p.box = g.turned(p.turn)
	size := float64Of(m.get("FPDFText_GetFontSize", text, at))
	if size < 0 && p.turn != slanted { // a negative size turns the text by another half
		p.turn = (p.turn + 2) % 4
		size, p.box = -size, g.turned(p.turn)
	}
	if m.is("FPDFText_GetMatrix", text, at, m.scratch) {
		size *= math.Hypot(m.float32At(8), m.float32At(12))
	}
	p.em = size
	if !(size > 0.01 && size < 10*p.height()) || math.IsInf(size, 0) {
		p.em = p.height()
	}
	p.base = p.y0
	if m.is("FPDFText_GetCharOrigin", text, at, m.scratch, m.scratch+8) {
		x, y := m.float64At(0), m.float64At(8)
		p.base = box{x, y, x, y}.turned(p.turn).y0
	}
	return p
}
