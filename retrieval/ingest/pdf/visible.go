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
	maxObjects   = 1 << 20 // of a page
	maxPixels    = 1600    // of the longer side of a page's picture: 22 inches at a pixel a point
)

// minContrast is how much of 255 a colour of a pixel has to change for a text
// to be seen. White text of 97% on white changes 8, thin strokes of a gray of
// 80% change 25.
const minContrast = 16

// tiny is the size of text that nobody can read: below 2 points, if the page is
// not a small one itself.
func (p *page) tiny(em float64) bool { return em < min(2, 0.0025*max(p.crop.width(), p.crop.height())) }

// page is a page that is loaded.
type page struct {
	*module
	handle uint64
	form   uint64
	// identity says that codes without a text stand for themselves.
	identity bool
	crop     box  // what is shown of it
	rotated  turn // how it is turned when it is shown
	objects  []object
	images   float64 // the share of the page that pictures cover
}

// object is something that a page draws, those inside of forms too.
type object struct {
	handle uint64
	kind   int
	nested int // how many forms it is in
}

// list finds the objects of a page.
func (p *page) list(ctx context.Context) error {
	p.objects = p.objects[:0]
	for i := range p.count("FPDFPage_CountObjects", p.handle) {
		if err := p.add(ctx, p.get("FPDFPage_GetObject", p.handle, uint64(i)), 0); err != nil {
			return err
		}
	}
	return p.err
}

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

// picture is a page as it is drawn.
type picture struct {
	page          *page
	left, top     int // of the part that is drawn
	width, height int
	whole         [2]int  // width and height of the page
	scale         float64 // pixels a point
	pixels        []byte  // 4 bytes each
}

// draw draws a part of the page, a pixel a point.
func (p *page) draw(ctx context.Context, part box) picture {
	w, h := p.crop.width(), p.crop.height()
	if p.rotated == up || p.rotated == down {
		w, h = h, w
	}
	pic := picture{page: p, scale: min(1, maxPixels/max(w, h))}
	pic.whole = [2]int{max(1, int(math.Ceil(w*pic.scale))), max(1, int(math.Ceil(h*pic.scale)))}
	pic.width, pic.height = pic.whole[0], pic.whole[1]
	x0, y0, x1, y1 := pic.at(part)
	if x0 >= x1 || y0 >= y1 { // nothing of it is shown
		pic.width, pic.height = 0, 0
		return pic
	}
	pic.left, pic.top, pic.width, pic.height = x0, y0, x1-x0, y1-y0
	bitmap := p.get("FPDFBitmap_CreateEx", uint64(pic.width), uint64(pic.height), bitmapBGRx, 0, 0)
	if bitmap == 0 {
		return pic
	}
	width, height := uint64(pic.width), uint64(pic.height)
	p.get("FPDFBitmap_FillRect", bitmap, 0, 0, width, height, 0xFFFFFFFF)
	p.call(ctx, "FPDF_RenderPageBitmap", bitmap, p.handle, uint64(uint32(-pic.left)), uint64(uint32(-pic.top)), uint64(pic.whole[0]), uint64(pic.whole[1]), 0, 0)
	at := p.get("FPDFBitmap_GetBuffer", bitmap)
	stride := p.get("FPDFBitmap_GetStride", bitmap)
	if p.err == nil {
		for y := range height {
			row, ok := p.memory.Read(uint32(at+y*stride), uint32(4*width))
			if !ok {
				break
			}
			pic.pixels = append(pic.pixels, row...)
		}
	}
	p.get("FPDFBitmap_Destroy", bitmap)
	return pic
}

// at is the part of the picture that shows a box of the page, in pixels; empty
// if it is not shown.
func (pic picture) at(b box) (x0, y0, x1, y1 int) {
	c := pic.page.crop
	b = box{b.x0 - c.x0, b.y0 - c.y0, b.x1 - c.x0, b.y1 - c.y0} // from the lower left corner
	w, h := c.width(), c.height()
	switch pic.page.rotated { // clockwise
	case up:
		b = box{b.y0, w - b.x1, b.y1, w - b.x0}
		w, h = h, w
	case over:
		b = box{w - b.x1, h - b.y1, w - b.x0, h - b.y0}
	case down:
		b = box{h - b.y1, b.x0, h - b.y0, b.x1}
		w, h = h, w
	}
	s := pic.scale
	if !(b.x0 < w && b.x1 > 0 && b.y0 < h && b.y1 > 0) {
		return 0, 0, 0, 0
	}
	x0, y0 = int(max(0, b.x0*s))-pic.left, int(max(0, (h-b.y1)*s))-pic.top
	x1, y1 = int(min(w, b.x1)*s+1)-pic.left, int(min(h, h-b.y0)*s+1)-pic.top
	return max(0, x0), max(0, y0), min(pic.width, x1), min(pic.height, y1)
}

// contrast is the most that a colour of a pixel differs between two pictures,
// within a box of the page.
func contrast(with, without picture, b box) int {
	if len(with.pixels) != len(without.pixels) {
		return 255
	}
	most := 0
	x0, y0, x1, y1 := with.at(b)
	for y := y0; y < y1; y++ {
		from, to := 4*(y*with.width+x0), 4*(y*with.width+x1)
		for i := from; i < to; i++ {
			if i&3 == 3 {
				continue
			}
			if d := int(with.pixels[i]) - int(without.pixels[i]); max(d, -d) > most {
				most = max(d, -d)
			}
		}
	}
	return most
}

// markHidden finds out which glyphs can be seen.
func (p *page) markHidden(ctx context.Context, text uint64, glyphs []glyph) error {
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
		// Glyphs of a word that are drawn alike are seen together or not: a
		// full stop may be too small for the picture.
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
				hidden = l.unseen(without, whole) // what changed is another text at the same place
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

// look is how a text object is drawn.
type look struct {
	missing bool // its font is not in the file
	mode    int  // of rendering
	colour  [4]uint32
	pattern bool // instead of a colour
	em      float64
}

// The modes of rendering text.
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
	// Bounds are no measure: text can be of full stops alone.
	if p.is("FPDFTextObj_GetFontSize", object, s) {
		size := p.float32At(0)
		if p.is("FPDFPageObj_GetMatrix", object, s) {
			l.em = math.Abs(size) * max(math.Hypot(p.float32At(8), p.float32At(12)), math.Hypot(p.float32At(0), p.float32At(4)))
		}
	}
	return l
}

// foreign reports whether a font that is not in the file may have no shape
// here for the glyphs. For Latin text PDFium has fonts of its own.
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

// unseen reports by its properties whether text is hidden: its colour is that
// of all of the page below it. What covers or clips it is not known.
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
