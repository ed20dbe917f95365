package pdf

import (
	"context"
	"strings"
)

// The kinds of annotations that are read (FPDF_ANNOT_*).
const (
	annotNote     = 1
	annotFreeText = 3
	annotStamp    = 13
	annotWidget   = 20
)

const (
	flagHidden        = 1 << 1
	flagNoView        = 1 << 5
	renderAnnotations = 1 // FPDF_ANNOT
	flattenDisplay    = 0 // FLAT_NORMALDISPLAY
	maxAnnotations    = 1 << 16
	maxOptions        = 1 << 10
)

// annotations holds what a page shows in addition to its content.
type annotations struct {
	drawn bool    // the page has annotations that PDFium can draw
	notes int     // number of notes with a text that opens on a click
	texts []piece // words of the annotations, placed where they stand on the page
}

// annotations reads the annotations of a page: the values of form fields, and
// the texts and stamps that somebody added.
func (p *page) annotations(ctx context.Context) (annotations, error) {
	var out annotations
	for i := range min(p.count("FPDFPage_GetAnnotCount", p.handle), maxAnnotations) {
		if ctx.Err() != nil {
			return out, context.Cause(ctx)
		}
		a := p.get("FPDFPage_GetAnnot", p.handle, uint64(i))
		if a == 0 {
			continue
		}
		p.annotation(a, &out)
		p.get("FPDFPage_CloseAnnot", a)
	}
	return out, p.err
}

// annotation adds what the annotation with handle a shows to out.
func (p *page) annotation(a uint64, out *annotations) {
	if p.get("FPDFAnnot_GetFlags", a)&(flagHidden|flagNoView) != 0 {
		return
	}
	switch p.count("FPDFAnnot_GetSubtype", a) {
	case annotNote:
		if strings.TrimSpace(p.value(a, "Contents")) != "" {
			out.notes++
		}
	case annotFreeText, annotStamp:
		out.drawn = true
		out.write(p, a, p.value(a, "Contents"))
	case annotWidget:
		out.drawn = true
		p.field(a, out)
	}
}

// The types of a form's fields (FPDF_FORMFIELD_*).
const (
	fieldCheckBox = 2
	fieldRadio    = 3
	fieldCombo    = 4
	fieldList     = 5
	fieldText     = 6
)

// field adds the value of a form field to out. The page may draw the value
// itself; undrawn drops it then.
func (p *page) field(a uint64, out *annotations) {
	if p.form == 0 {
		return
	}
	switch p.count("FPDFAnnot_GetFormFieldType", p.form, a) {
	case fieldCheckBox, fieldRadio:
		if state := p.value(a, "AS"); state != "" && state != "Off" { // AS names the appearance that is drawn
			out.write(p, a, "☒")
		} else {
			out.write(p, a, "☐")
		}
	case fieldList:
		out.write(p, a, p.options(a))
	case fieldCombo, fieldText:
		out.write(p, a, p.text("FPDFAnnot_GetFormFieldValue", p.form, a))
	}
}

// options returns the labels of a list's options, one per line. A list shows
// all of them and not only the chosen one.
func (p *page) options(a uint64) string {
	var labels []string
	for i := range min(p.count("FPDFAnnot_GetOptionCount", p.form, a), maxOptions) {
		labels = append(labels, p.text("FPDFAnnot_GetOptionLabel", p.form, a, uint64(i)))
	}
	return strings.Join(labels, "\n")
}

// rect returns the rectangle of an annotation on the page.
func (p *page) rect(a uint64) box {
	if !p.is("FPDFAnnot_GetRect", a, p.scratch) {
		return box{}
	}
	return box{x0: p.float32At(0), y1: p.float32At(4), x1: p.float32At(8), y0: p.float32At(12)}
}

// undrawn returns the texts of the annotations inside whose rectangle the page
// draws no text. The other texts are among the glyphs already.
func (out *annotations) undrawn(glyphs []glyph) []piece {
	var left []piece
	for _, t := range out.texts {
		drawn := false
		for _, g := range glyphs {
			x, y := (g.x0+g.x1)/2, (g.y0+g.y1)/2
			if f := t.field; !g.blank && f.x0 <= x && x <= f.x1 && f.y0 <= y && y <= f.y1 {
				drawn = true
				break
			}
		}
		if !drawn {
			left = append(left, t)
		}
	}
	return left
}

// write adds a text to out as words that stand in the annotation's rectangle.
func (out *annotations) write(p *page, a uint64, text string) {
	b := p.rect(a)
	em := min(12, max(6, 0.7*b.height()))
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' })
	if n := float64(len(lines)); n > 1 && 1.2*em*n > b.height() { // the field scrolls: shrink its lines so that they do not run into other text
		em = b.height() / n / 1.2
	}
	first := b.y1
	if len(lines) == 1 { // centre it vertically
		first = (b.y0 + b.y1 + em) / 2
	}
	at := b
	for i, line := range lines {
		at.x1 = at.x0
		for j, word := range strings.Fields(line) {
			at.x0, at.x1 = at.x1, at.x1+0.5*em*float64(len([]rune(word))+1)
			top := first - float64(i)*1.2*em
			where := box{at.x0, top - em, at.x1 - 0.5*em, top}
			out.texts = append(out.texts, piece{text: clean(word), box: where, raw: where, base: top - 0.8*em, em: em, space: j > 0, field: b})
		}
		at.x0 = b.x0
	}
}

// clean removes control characters and the like from a text, as plainText does.
func clean(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(plainText(r))
	}
	return b.String()
}

// value returns the string that an annotation has under a key, such as
// "Contents".
func (p *page) value(a uint64, key string) string {
	name := p.cstring(key)
	defer p.free(name)
	return p.text("FPDFAnnot_GetStringValue", a, name)
}

// flatten turns what annotations show into content of the page. The page has to
// be loaded again afterwards.
func (p *page) flatten(ctx context.Context) {
	// Drawing gives an appearance to the annotations that have none.
	if bitmap := p.get("FPDFBitmap_CreateEx", 1, 1, bitmapBGRx, 0, 0); bitmap != 0 {
		p.call(ctx, "FPDF_RenderPageBitmap", bitmap, p.handle, 0, 0, 1, 1, 0, renderAnnotations)
		p.get("FPDFBitmap_Destroy", bitmap)
	}
	p.call(ctx, "FPDFPage_Flatten", p.handle, flattenDisplay)
}
