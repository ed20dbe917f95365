package pdf

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// file is a PDF document that is open in an instance of PDFium.
type file struct {
	*module
	data, document uint64 // address of the file's bytes; handle of the document
	form           uint64 // handle of the form; 0 if there is none
	identity       bool   // the fonts' codes are Unicode themselves, see identityMap
	pages          int    // number of pages
}

// The errors of FPDF_GetLastError.
const (
	lastPassword = 4
	lastSecurity = 5
)

// identityMap matches the entry, in a font's map from codes to Unicode, that
// maps each code to itself, as common libraries write it. PDFium applies such an
// entry to the codes below 256 only.
var identityMap = regexp.MustCompile(`(?i)<0000>\s*<FFFF>\s*<0000>`)

// load opens a document in an instance of PDFium of its own.
func (r *Reader) load(ctx context.Context, raw []byte) (*file, error) {
	pool, err := r.start()
	if err != nil {
		return nil, err
	}
	m, err := open(ctx, pool)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	f := &file{module: m, identity: identityMap.Match(raw)}
	f.data = m.put(raw)
	f.document = m.call(ctx, "FPDF_LoadMemDocument64", f.data, uint64(len(raw)), 0)
	if f.document == 0 || m.err != nil {
		err := m.err
		if err == nil {
			switch m.get("FPDF_GetLastError") {
			case lastPassword, lastSecurity:
				err = ErrEncrypted
			default:
				err = ErrDamaged
			}
		}
		m.close()
		return nil, err
	}
	f.pages = int(int32(uint32(m.call(ctx, "FPDF_GetPageCount", f.document))))
	if f.pages <= 0 || m.err != nil {
		err := m.err
		m.close()
		if err == nil {
			err = fmt.Errorf("%w: it has no pages", ErrDamaged)
		}
		return nil, err
	}
	f.openForm(ctx)
	return f, m.err
}

// openForm makes PDFium read the values of a form's fields, including the
// values that a field inherits from its parent. No script runs, because this
// build of PDFium has no JavaScript.
func (f *file) openForm(ctx context.Context) {
	if f.count("FPDF_GetFormType", f.document) == 0 {
		return
	}
	const version, size = 2, 512 // of the struct FPDF_FORMFILLINFO, whose callbacks are all null here
	f.form = f.call(ctx, "FPDFDOC_InitFormFillEnvironment", f.document, f.put(append([]byte{version}, make([]byte, size)...)))
}

// meta returns an entry of the document information dictionary, such as "Title".
func (f *file) meta(tag string) string {
	name := f.cstring(tag)
	defer f.free(name)
	return f.text("FPDF_GetMetaText", f.document, name)
}

// sheet is the content of a page as PDFium returns it, before it is put in
// reading order.
type sheet struct {
	number   int
	crop     box  // the visible part of the page
	rotated  turn // the rotation with which the page is shown
	pieces   []piece
	rules    []box // drawn lines, horizontal and vertical
	unmapped int   // number of glyphs whose font does not say which character they are
	shown    int   // number of glyphs, unmapped ones included
	scanned  bool  // pictures cover more than half of the page
	notes    int   // number of notes that open on a click
	err      error // why the page cannot be read
}

// maxRestarts is the maximum number of times that PDFium is started again for
// one file. A page that makes PDFium fail costs one restart.
const maxRestarts = 5

// read reads the pages of a file one by one, passes each to visit, and returns
// the title of the file.
func (r *Reader) read(ctx context.Context, raw []byte, visit func(sheet) error) (title string, err error) {
	if _, err := r.start(); err != nil { // before the clock of the file starts: compiling PDFium takes seconds without a cache
		return "", err
	}
	ctx, cancel := r.within(ctx, maxFileTime, ErrSlow)
	defer cancel()
	opening, opened := r.within(ctx, r.cfg.FileTime, ErrSlow)
	f, err := r.load(opening, raw)
	opened()
	if err != nil {
		return "", err
	}
	defer func() { f.close() }()
	title = f.meta("Title")
	ctx, cancelAll := r.within(ctx, r.cfg.FileTime+time.Duration(f.pages)*timeForPage, ErrSlow)
	defer cancelAll()
	for i, restarts := 0, 0; i < f.pages; i++ {
		s, err := r.page(ctx, f, i, nil)
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if f.err != nil { // this instance of PDFium cannot be used any more
			if restarts++; restarts > maxRestarts {
				return "", fmt.Errorf("page %d: %w", i+1, err)
			}
			again, errAgain := r.load(ctx, raw)
			if errAgain != nil {
				return "", fmt.Errorf("page %d: %w", i+1, errors.Join(err, errAgain))
			}
			f.close()
			f = again
		}
		s.number, s.err = i+1, err
		if err := visit(s); err != nil {
			return "", err
		}
	}
	return title, nil
}

// page reads the page with an index from 0, and closes it. inspect, if not nil, is
// called with the page and its glyphs before that.
func (r *Reader) page(ctx context.Context, f *file, index int, inspect func(*page, []glyph)) (sheet, error) {
	ctx, cancel := r.within(ctx, r.cfg.PageTime, ErrSlow)
	defer cancel()
	p, more, err := f.loadFlat(ctx, index)
	if err != nil {
		return sheet{}, err
	}
	defer p.get("FPDF_ClosePage", p.handle)
	var s sheet
	s.notes = more.notes
	if err := p.list(ctx); err != nil {
		return sheet{}, err
	}
	s.crop, s.rotated, s.scanned = p.crop, p.rotated, p.images > 0.5
	text := p.call(ctx, "FPDFText_LoadPage", p.handle)
	if text == 0 {
		if p.err == nil {
			return sheet{}, ErrDamaged
		}
		return sheet{}, p.err
	}
	defer p.get("FPDFText_ClosePage", text)
	glyphs, err := p.glyphs(ctx, text)
	if err != nil {
		return sheet{}, err
	}
	if len(glyphs) > 0 {
		if err := p.markHidden(ctx, glyphs); err != nil {
			return sheet{}, err
		}
	}
	if inspect != nil {
		inspect(p, glyphs)
	}
	for _, g := range glyphs {
		if !g.blank {
			s.shown++
		}
		if !g.blank && g.text == "" {
			s.unmapped++
		}
	}
	s.pieces = append(p.pieces(text, glyphs), more.undrawn(glyphs)...)
	s.rules = p.rules()
	return s, p.err
}

// loadFlat opens the page with an index from 0, with what its annotations show made
// content of the page.
func (f *file) loadFlat(ctx context.Context, index int) (*page, annotations, error) {
	p, err := f.loadPage(ctx, index)
	if err != nil {
		return nil, annotations{}, err
	}
	more, err := p.annotations(ctx)
	if err == nil && !more.drawn {
		return p, more, nil
	}
	if err == nil {
		p.flatten(ctx)
	}
	p.get("FPDF_ClosePage", p.handle)
	if err != nil {
		return nil, annotations{}, err
	}
	p, err = f.loadPage(ctx, index)
	return p, more, err
}

// loadPage opens the page with an index from 0.
func (f *file) loadPage(ctx context.Context, index int) (*page, error) {
	handle := f.call(ctx, "FPDF_LoadPage", f.document, uint64(index))
	if f.err != nil {
		return nil, f.err
	}
	if handle == 0 {
		return nil, fmt.Errorf("%w: the page is missing", ErrDamaged)
	}
	p := &page{module: f.module, handle: handle, form: f.form, identity: f.identity}
	if f.is("FPDF_GetPageBoundingBox", handle, f.scratch) {
		p.crop = box{x0: f.float32At(0), y1: f.float32At(4), x1: f.float32At(8), y0: f.float32At(12)}
	}
	p.rotated = turn(f.count("FPDFPage_GetRotation", handle) & 3)
	return p, f.err
}
