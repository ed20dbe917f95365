package pdf

import (
	"context"
	"image"
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
	w, h := p.shownSize()
	pic := picture{page: p, scale: min(1, maxPixels/max(w, h))}
	pic.whole = [2]int{max(1, int(math.Ceil(w*pic.scale))), max(1, int(math.Ceil(h*pic.scale)))}
	pic.width, pic.height = pic.whole[0], pic.whole[1]
	x0, y0, x1, y1 := pic.at(part)
	if x0 >= x1 || y0 >= y1 { // the part lies outside the visible page
		pic.width, pic.height = 0, 0
		return pic
	}
	pic.left, pic.top, pic.width, pic.height = x0, y0, x1-x0, y1-y0
	pic.pixels = p.render(ctx, image.Rect(x0, y0, x1, y1), pic.whole, 0)
	return pic
}

// renderRedFirst (FPDF_REVERSE_BYTE_ORDER) writes the bytes of a pixel as red, green
// and blue. Without it, blue comes first.
const renderRedFirst = 0x10

// render renders a part of the page on white, 4 bytes for each pixel. whole is the
// width and the height of the whole page in pixels. The result is shorter if there is
// no memory for it.
func (p *page) render(ctx context.Context, part image.Rectangle, whole [2]int, flags uint64) []byte {
	width, height := uint64(part.Dx()), uint64(part.Dy())
	bitmap := p.get("FPDFBitmap_CreateEx", width, height, bitmapBGRx, 0, 0)
	if bitmap == 0 {
		return nil
	}
	p.get("FPDFBitmap_FillRect", bitmap, 0, 0, width, height, 0xFFFFFFFF)
	p.call(ctx, "FPDF_RenderPageBitmap", bitmap, p.handle, uint64(uint32(-part.Min.X)), uint64(uint32(-part.Min.Y)), uint64(whole[0]), uint64(whole[1]), 0, flags)
	at := p.get("FPDFBitmap_GetBuffer", bitmap)
	stride := p.get("FPDFBitmap_GetStride", bitmap)
	var pixels []byte
	if p.err == nil {
		pixels = make([]byte, 0, 4*width*height)
		for y := range height {
			row, ok := p.memory.Read(uint32(at+y*stride), uint32(4*width))
			if !ok {
				break
			}
			pixels = append(pixels, row...)
		}
	}
	p.get("FPDFBitmap_Destroy", bitmap)
	return pixels
}

// at returns the part of the picture that shows a box of the page, in pixels. It
// is empty if the picture does not show the box.
func (pic picture) at(b box) (x0, y0, x1, y1 int) {
	b = b.shown(pic.page.crop, pic.page.rotated)
	w, h := pic.page.shownSize()
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
