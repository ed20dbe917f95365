package pdf

// maxRules is the maximum number of drawn lines on a page that are read. A page
// with more has a drawing and not a table.
const maxRules = 4000

// minRule is the minimum length, in points, of a line that separates rows.
const minRule = 8

// rules returns the straight lines that are drawn on a page, including the edges
// of rectangles, such as the cells of a table.
func (p *page) rules() []box {
	var out []box
	for _, o := range p.objects {
		if o.kind != objectPath || o.nested > 0 {
			continue
		}
		n := p.count("FPDFPath_CountSegments", o.handle)
		if len(out)+n > maxRules {
			return nil
		}
		out = append(out, p.edges(o.handle, n)...)
	}
	return out
}

const (
	segmentLine = 0 // FPDF_SEGMENT_LINETO
	segmentMove = 2 // FPDF_SEGMENT_MOVETO
)

// edges returns the horizontal and vertical lines of a path.
func (p *page) edges(path uint64, segments int) []box {
	var out []box
	m := [6]float64{1, 0, 0, 1, 0, 0}
	if p.is("FPDFPageObj_GetMatrix", path, p.scratch) {
		for i := range m {
			m[i] = p.float32At(uint64(4 * i))
		}
	}
	type point struct{ x, y float64 }
	var start, last point
	line := func(to point) {
		const straight = 0.5
		b := box{min(last.x, to.x), min(last.y, to.y), max(last.x, to.x), max(last.y, to.y)}
		if min(b.width(), b.height()) < straight && max(b.width(), b.height()) >= minRule {
			out = append(out, b)
		}
	}
	for i := range segments {
		s := p.get("FPDFPath_GetPathSegment", path, uint64(i))
		if !p.is("FPDFPathSegment_GetPoint", s, p.scratch, p.scratch+4) {
			break
		}
		x, y := p.float32At(0), p.float32At(4)
		at := point{m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]}
		switch p.get("FPDFPathSegment_GetType", s) & 0xFFFFFFFF {
		case segmentLine:
			line(at)
		case segmentMove:
			start = at
		}
		last = at
		if p.is("FPDFPathSegment_GetClose", s) {
			line(start)
			last = start
		}
	}
	return out
}
