package pdf

import (
	"context"
	"errors"
	"fmt"
	"image"
)

// ErrNoPage is the error of Draw and Find for a page that the file does not have.
var ErrNoPage = errors.New("it has no such page")

// The limits of a picture of a page, in pixels. MaxWidth is twice the width of the
// column that a page is shown in, for screens with two pixels in place of one.
const (
	MinWidth  = 100
	MaxWidth  = 2000
	maxHeight = 4000 // a picture of MaxWidth x maxHeight takes 32 MB
)

// Draw draws a page of a PDF file, counted from 1, as people see it: with its
// annotations and the values of its form fields. The picture has the given width,
// which is at least MinWidth and at most MaxWidth, or less if the page is very
// long. The errors are those of Read and ErrNoPage.
func (r *Reader) Draw(ctx context.Context, raw []byte, number, width int) (*image.NRGBA, error) {
	var out *image.NRGBA
	err := r.onePage(ctx, raw, number, func(ctx context.Context, f *file) error {
		p, _, err := f.loadFlat(ctx, number-1)
		if err != nil {
			return err
		}
		defer p.get("FPDF_ClosePage", p.handle)
		out, err = p.paint(ctx, min(max(width, MinWidth), MaxWidth))
		return err
	})
	return out, err
}

// onePage opens a file for work on one of its pages. The time for both is limited as
// it is in Read.
func (r *Reader) onePage(ctx context.Context, raw []byte, number int, work func(context.Context, *file) error) error {
	if number < 1 {
		return ErrNoPage
	}
	if _, err := r.start(); err != nil { // before the clock starts, as in read
		return err
	}
	ctx, cancel := r.within(ctx, r.cfg.FileTime+timeForPage, ErrSlow)
	defer cancel()
	f, err := r.load(ctx, raw)
	if err != nil {
		return err
	}
	defer f.close()
	if number > f.pages {
		return fmt.Errorf("%w: it has %d", ErrNoPage, f.pages)
	}
	ctx, cancelPage := r.within(ctx, r.cfg.PageTime, ErrSlow)
	defer cancelPage()
	return work(ctx, f)
}

// paint renders the whole page with a width in pixels.
func (p *page) paint(ctx context.Context, width int) (*image.NRGBA, error) {
	w, h := p.shownSize()
	if !(w > 0 && h > 0) {
		return nil, fmt.Errorf("%w: the page has no size", ErrDamaged)
	}
	scale := min(float64(width)/w, maxHeight/h)
	whole := [2]int{max(1, int(w*scale+0.5)), max(1, int(h*scale+0.5))}
	pixels := p.render(ctx, image.Rect(0, 0, whole[0], whole[1]), whole, renderAnnotations|renderRedFirst)
	if p.err != nil {
		return nil, p.err
	}
	if len(pixels) != 4*whole[0]*whole[1] {
		return nil, ErrMemory
	}
	for i := 3; i < len(pixels); i += 4 {
		pixels[i] = 0xFF // PDFium leaves the fourth byte as it is
	}
	return &image.NRGBA{Pix: pixels, Stride: 4 * whole[0], Rect: image.Rect(0, 0, whole[0], whole[1])}, nil
}

// shownSize returns the width and height of the page in points, as it is shown.
func (p *page) shownSize() (w, h float64) { return shownSize(p.crop, p.rotated) }

func shownSize(crop box, rotated turn) (w, h float64) {
	if rotated == up || rotated == down {
		return crop.height(), crop.width()
	}
	return crop.width(), crop.height()
}

// shown returns where a box of a page is when the page is shown, in points from the
// lower left corner of the picture. It turns with the page, clockwise.
func (b box) shown(crop box, rotated turn) box {
	b = box{b.x0 - crop.x0, b.y0 - crop.y0, b.x1 - crop.x0, b.y1 - crop.y0}
	w, h := crop.width(), crop.height()
	switch rotated {
	case up:
		return box{b.y0, w - b.x1, b.y1, w - b.x0}
	case over:
		return box{w - b.x1, h - b.y1, w - b.x0, h - b.y0}
	case down:
		return box{h - b.y1, b.x0, h - b.y0, b.x1}
	}
	return b
}
