package pdf

import (
	"context"
	"math"
)

// picture is a rendered part of a page.
type picture struct {
	page          *page
	left, top     int // where the part begins on the rendered page, in pixels
	width, height int
	whole         [2]int  // width and height of the whole page, in pixels
	scale         float64 // pixels per point
	pixels        []byte  // 4 bytes each
}

// draw renders a part of the page with one pixel per point, or fewer if the page
// is longer than maxPixels.
func (p *page) draw(ctx context.Context, part box) picture {
	w, h := p.crop.width(), p.crop.height()
	if p.rotated == up || p.rotated == down {
		w, h = h, w
	}
	pic := picture{page: p, scale: min(1, maxPixels/max(w, h))}
	pic.whole = [2]int{max(1, int(math.Ceil(w*pic.scale))), max(1, int(math.Ceil(h*pic.scale)))}
	pic.width, pic.height = pic.whole[0], pic.whole[1]
	x0, y0, x1, y1 := pic.at(part)
	if x0 >= x1 || y0 >= y1 { // the part lies outside the visible page
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

// at returns the part of the picture that shows a box of the page, in pixels. It
// is empty if the picture does not show the box.
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

// contrast returns the largest difference between two pictures in one colour
// (red, green or blue) of one pixel, within a box of the page.
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
