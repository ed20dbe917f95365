package pdf

import (
	"context"
	"math"
	"unicode"
)

const (
	objectText  = 1 // FPDF_PAGEOBJ_TEXT and so on
	objectPath  = 2
	objectImage = 3
	objectForm  = 5

	bitmapBGRx = 3 // FPDFBitmap_BGRx

	maxFormDepth = 12
	maxObjects   = 1 << 20 // on a page
	maxPixels    = 1600    // on the longer side of a rendered page: 22 inches at one pixel per point
)

// minContrast is the minimum by which one colour of a pixel, from 0 to 255, must
// differ with and without a text for the text to be visible. Text of 97% white
// on white makes a difference of 8; thin strokes of 80% gray make one of 25.
const minContrast = 16

// tiny reports whether text of a font size is too small to read: below 2 points,
// or less on a small page.
func (p *page) tiny(em float64) bool { return em < min(2, 0.0025*max(p.crop.width(), p.crop.height())) }

// page is a page that is loaded.
type page struct {
	*module
	handle uint64
	form   uint64
	// identity says that the fonts' codes are Unicode themselves, see identityMap.
	identity bool
	crop     box  // the visible part
	rotated  turn // the rotation with which the page is shown
	objects  []object
	images   float64 // share of the page that pictures cover
}

// object is something that a page draws, such as a text or a picture. It may be
// inside a form, which is PDF's name for a group of objects.
type object struct {
	handle uint64
	kind   int
	nested int // number of forms that it is inside
}

// list lists the objects of the page in p.objects.
func (p *page) list(ctx context.Context) error {
	p.objects = p.objects[:0]
	for i := range p.count("FPDFPage_CountObjects", p.handle) {
		if err := p.add(ctx, p.get("FPDFPage_GetObject", p.handle, uint64(i)), 0); err != nil {
			return err
		}
	}
	return p.err
}

// add adds an object, and the objects inside it if it is a form, to p.objects.
func (p *page) add(ctx context.Context, handle uint64, depth int) error {
	if len(p.objects)%1024 == 0 && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if handle == 0 || len(p.objects) >= maxObjects || p.err != nil {
		return p.err
	}
	o := object{handle, p.count("FPDFPageObj_GetType", handle), depth}
	p.objects = append(p.objects, o)
	switch o.kind {
	case objectImage:
		if b := p.bounds(handle); p.crop.width()*p.crop.height() > 0 {
			p.images += max(0, b.width()*b.height()) / (p.crop.width() * p.crop.height())
		}
	case objectForm:
		if depth == maxFormDepth {
			return nil
		}
		for i := range p.count("FPDFFormObj_CountObjects", handle) {
			if err := p.add(ctx, p.get("FPDFFormObj_GetObject", handle, uint64(i)), depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *page) bounds(object uint64) box {
	s := p.scratch
	if !p.is("FPDFPageObj_GetBounds", object, s, s+4, s+8, s+12) {
		return box{}
	}
	return box{p.float32At(0), p.float32At(4), p.float32At(8), p.float32At(12)}
}

// markHidden marks the glyphs that cannot be seen as hidden.
func (p *page) markHidden(ctx context.Context, glyphs []glyph) error {
	doubtful, where, err := p.doubtful(ctx)
	if err != nil || len(doubtful) == 0 {
		return err
	}
	with := p.draw(ctx, where)
	p.activate(false)
	without := p.draw(ctx, where)
	p.activate(true)
	if p.err != nil {
		return p.err
	}
	looks := map[uint64]look{}
	for i := 0; i < len(glyphs); {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !doubtful[glyphs[i].object] {
			i++
			continue
		}
		// The glyphs of a word that one text object draws are hidden together or
		// not at all, because a full stop may be too small for the picture.
		j, whole := i, glyphs[i].box
		hidden, drawn := true, false
		for ; j < len(glyphs) && (j == i || glyphs[j].object == glyphs[i].object && !glyphs[j].blank); j++ {
			g := glyphs[j]
			whole = whole.union(g.box)
			if g.blank {
				continue
			}
			drawn = true
			hidden = hidden && contrast(with, without, g.box) < minContrast
		}
		if drawn {
			l, known := looks[glyphs[i].object]
			if !known {
				l = p.look(glyphs[i].object)
				looks[glyphs[i].object] = l
			}
			switch {
			case p.tiny(l.em), l.mode == renderNothing:
				hidden = true
			case hidden && l.missing && foreign(glyphs[i:j]):
				hidden = l.unseen(without, whole)
			case !hidden && l.mode == renderFill:
				hidden = l.unseen(without, whole) // the pictures may differ because of another text in the same place
			}
		}
		for k := i; k < j; k++ {
			glyphs[k].hidden = hidden && drawn
		}
		i = j
	}
	return p.err
}

// activate switches the texts of the page on or off.
func (p *page) activate(on bool) {
	active := uint64(0)
	if on {
		active = 1
	}
	for _, o := range p.objects {
		if o.kind == objectText {
			p.get("FPDFPageObj_SetIsActive", o.handle, active)
		}
	}
}

// look describes how a text object is drawn.
type look struct {
	missing bool      // the font is not embedded in the file
	mode    int       // rendering mode
	colour  [4]uint32 // red, green, blue and alpha
	pattern bool      // filled with a pattern instead of a colour
	em      float64   // font size in points
}

// The rendering modes of text that matter here.
const (
	renderFill    = 0
	renderNothing = 3
)

func (p *page) look(object uint64) look {
	l := look{em: math.Inf(1)}
	if object == 0 {
		return l
	}
	s := p.scratch
	if font := p.get("FPDFTextObj_GetFont", object); font != 0 {
		l.missing = int32(uint32(p.get("FPDFFont_GetIsEmbedded", font))) == 0
	}
	l.mode = p.count("FPDFTextObj_GetTextRenderMode", object)
	l.colour = [4]uint32{0, 0, 0, 255}
	if p.is("FPDFPageObj_GetFillColor", object, s, s+4, s+8, s+12) {
		l.colour = [4]uint32{p.uint32At(0), p.uint32At(4), p.uint32At(8), p.uint32At(12)}
	} else {
		l.pattern = true
	}
	// The font size counts and not the bounds: a text may be full stops only.
	if p.is("FPDFTextObj_GetFontSize", object, s) {
		size := p.float32At(0)
		if p.is("FPDFPageObj_GetMatrix", object, s) {
			l.em = math.Abs(size) * max(math.Hypot(p.float32At(8), p.float32At(12)), math.Hypot(p.float32At(0), p.float32At(4)))
		}
	}
	return l
}

// foreign reports whether PDFium may be unable to draw the glyphs in a font that
// is not embedded in the file. It has its own fonts for Latin text only.
func foreign(glyphs []glyph) bool {
	for _, g := range glyphs {
		for _, r := range g.text {
			if r > 0x24F && unicode.IsLetter(r) {
				return true
			}
		}
	}
	return false
}

// unseen reports whether text is hidden going by its colour: it is transparent,
// or of the same colour as all of the page behind it. Objects that cover or clip
// the text are not considered.
func (l look) unseen(without picture, b box) bool {
	x0, y0, x1, y1 := without.at(b)
	if x0 >= x1 || y0 >= y1 || l.colour[3] < minContrast {
		return true
	}
	if l.pattern {
		return false
	}
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			i := 4 * (y*without.width + x)
			for c, value := range [3]int{int(l.colour[2]), int(l.colour[1]), int(l.colour[0])} { // blue first
				if d := int(without.pixels[i+c]) - value; max(d, -d) >= minContrast {
					return false
				}
			}
		}
	}
	return true
}
