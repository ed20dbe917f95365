package pdf

import "context"

// painted is an object on a page that can cover text, or lie behind it in the
// same colour.
type painted struct {
	box
	order int  // index in page.objects; later objects cover earlier ones
	light bool // dark text on it can be seen
}

// maxComparisons is the maximum number of comparisons of a page's texts with
// its painted objects. Texts beyond it count as doubtful. Not measured.
const maxComparisons = 1 << 22

// doubtful returns the text objects of the page that may be hidden, by their
// addresses, and the part of the page that they cover. Most pages have none,
// because their text is dark and nothing else is drawn there. Such a page need
// not be drawn, which would take most of the time.
func (p *page) doubtful(ctx context.Context) (map[uint64]bool, box, error) {
	out := map[uint64]bool{}
	where := box{}
	paints := p.paints()
	n := 0
	for i, o := range p.objects {
		if o.kind != objectText {
			continue
		}
		if i%256 == 0 && ctx.Err() != nil {
			return nil, box{}, context.Cause(ctx)
		}
		if n += len(paints); o.nested == 0 && n < maxComparisons && p.surelySeen(i, paints) {
			continue
		}
		b := p.crop // the bounds of a nested object are relative to its form, so take the whole page
		if o.nested == 0 {
			b = p.bounds(o.handle)
		}
		if len(out) == 0 {
			where = b
		}
		where = where.union(b)
		out[o.handle] = true
	}
	return out, where, p.err
}

// paints returns the objects of the page that cover what is below them: pictures
// and filled shapes, but not lines.
func (p *page) paints() []painted {
	const thin = 2.5 // in points; the lines of tables are thinner
	var out []painted
	for i, o := range p.objects {
		if o.nested > 0 || o.kind == objectText {
			continue
		}
		light := false
		if o.kind == objectPath {
			if p.is("FPDFPath_GetDrawMode", o.handle, p.scratch, p.scratch+4) && p.uint32At(0) == 0 {
				continue // lines only
			}
			r, g, b, _ := p.fill(o.handle)
			light = min(r, g, b) > 180
		}
		b := p.bounds(o.handle)
		if b.height() <= thin || b.width() <= thin {
			continue
		}
		out = append(out, painted{b, i, light})
	}
	return out
}

// fill returns the fill colour of an object.
func (p *page) fill(object uint64) (r, g, b, alpha uint32) {
	s := p.scratch
	if !p.is("FPDFPageObj_GetFillColor", object, s, s+4, s+8, s+12) {
		return 255, 255, 255, 0
	}
	return p.uint32At(0), p.uint32At(4), p.uint32At(8), p.uint32At(12)
}

// surelySeen reports whether the text object p.objects[index] can be seen
// without doubt: it is dark, inside the visible part of the page, and on white
// or a light fill.
func (p *page) surelySeen(index int, paints []painted) bool {
	o := p.objects[index].handle
	if p.count("FPDFTextObj_GetTextRenderMode", o) != renderFill {
		return false
	}
	if r, g, b, alpha := p.fill(o); alpha < 200 || max(r, g, b) > 140 {
		return false
	}
	where := p.bounds(o)
	if where.x0 < p.crop.x0 || where.x1 > p.crop.x1 || where.y0 < p.crop.y0 || where.y1 > p.crop.y1 || where.height() < 2 {
		return false
	}
	for _, paint := range paints {
		if where.meets(paint.box) && (!paint.light || paint.order > index) {
			return false
		}
	}
	return !p.is("FPDFPageObj_HasTransparency", o) && !p.layered(o) && p.unclipped(o, where)
}

// meets reports whether two boxes overlap.
func (b box) meets(o box) bool { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }

// layered reports whether an object may be on a layer, which can be switched
// off. Layers are marked as optional content, OC.
func (p *page) layered(object uint64) bool {
	for i := range p.count("FPDFPageObj_CountMarks", object) {
		mark := p.get("FPDFPageObj_GetMark", object, uint64(i))
		if i > 8 || !p.is("FPDFPageObjMark_GetName", mark, p.scratch+16, 16, p.scratch) {
			return true
		}
		// The name is "OC" in UTF-16 with a terminating zero: 6 bytes.
		if name, _ := p.memory.ReadUint32Le(uint32(p.scratch + 16)); p.uint32At(0) == 6 && name == 'O'|'C'<<16 {
			return true
		}
	}
	return false
}

// unclipped reports whether no part of an object is cut off by its clip path:
// there is none, or it consists of rectangles around the object.
func (p *page) unclipped(object uint64, where box) bool {
	clip := p.get("FPDFPageObj_GetClipPath", object)
	if clip == 0 {
		return true
	}
	for i := range p.count("FPDFClipPath_CountPaths", clip) {
		n := p.count("FPDFClipPath_CountPathSegments", clip, uint64(i))
		if n < 4 || n > 6 {
			return false
		}
		var around box
		var last [2]float64
		for j := range n {
			segment := p.get("FPDFClipPath_GetPathSegment", clip, uint64(i), uint64(j))
			if !p.is("FPDFPathSegment_GetPoint", segment, p.scratch, p.scratch+4) {
				return false
			}
			x, y := p.float32At(0), p.float32At(4)
			if j == 0 {
				around = box{x, y, x, y}
			} else if x != last[0] && y != last[1] {
				return false // slanted
			}
			around = around.union(box{x, y, x, y})
			last = [2]float64{x, y}
		}
		const blur = 0.5 // tolerance in points
		if where.x0 < around.x0-blur || where.x1 > around.x1+blur || where.y0 < around.y0-blur || where.y1 > around.y1+blur {
			return false
		}
	}
	return true
}
