package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// pdfTime is how long the reading of a PDF file may take. Books of a thousand
// pages take seconds; a file made to take for ever must not stop the rest.
const pdfTime = time.Minute

var (
	errScanned = errors.New("a PDF without text, such as a scan: recognise its text first (OCR)")
	errNoCodes = errors.New("a PDF whose fonts do not say which characters they show: recognise its text (OCR), or export it again")
	errSlow    = errors.New("reading it takes too long")
)

// pdf extracts the text of a PDF file (ISO 32000) in the order in which its
// pages write it. Pages are apart by an empty line. What is written as a
// picture is not read.
//
// pdfcpu reads the file; what its pages show is put together in pdfText.
func pdf(ctx context.Context, raw []byte, maxBytes int64) (c content, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, pdfTime, errSlow)
	defer cancel()
	// pdfcpu bounds what it reads, but a file that it did not foresee must be
	// the failure of that file alone.
	defer func() {
		if r := recover(); r != nil {
			c, err = content{}, fmt.Errorf("%w: %v", errDamaged, r)
		}
	}()
	file, err := openPDF(ctx, raw, maxBytes)
	if err != nil {
		return content{}, err
	}
	var out textBuilder
	shown := 0 // codes that a font maps to no character
	n := 0
	err = eachPage(ctx, file, func(page types.Dict, resources types.Dict) error {
		n++
		p := pdfPage{ctx: ctx, file: file, most: maxBytes, left: maxBytes - int64(out.Len())}
		text, err := p.text(page, resources)
		if err != nil {
			return fmt.Errorf("page %d: %w", n, err)
		}
		shown += p.unmapped
		c.addPage(&out, n, text)
		return nil
	})
	switch {
	case err != nil:
		return content{}, err
	case out.Len() == 0 && shown > 0:
		return content{}, errNoCodes
	case out.Len() == 0:
		return content{}, errScanned
	}
	c.text = out.String()
	c.title = pdfTitle(file)
	return c, nil
}

// addPage writes the text of a page, if it has one.
func (c *content) addPage(out *textBuilder, number int, shown marked) {
	if shown.text == "" {
		return
	}
	if out.Len() > 0 {
		out.write("\n\n")
	}
	c.pages = append(c.pages, page{out.runes, number})
	for _, h := range shown.hidden {
		c.hidden = append(c.hidden, span{h.start + out.runes, h.end + out.runes})
	}
	out.write(shown.text)
}

// openPDF reads the structure of a file, and decrypts it if it opens without
// a password.
func openPDF(ctx context.Context, raw []byte, maxBytes int64) (*model.Context, error) {
	limits := model.DefaultResourceLimits()
	limits.MaxStreamBytes, limits.MaxDecodeBytes = maxBytes, maxBytes
	limits.MaxObjectCount = len(raw) // an object takes more than a byte
	limits.MaxXRefEntries, limits.MaxObjectStreamCount = limits.MaxObjectCount, limits.MaxObjectCount
	file, err := pdfcpu.ReadWithContext(ctx, bytes.NewReader(raw), &model.Configuration{
		Reader15: true, ValidationMode: model.ValidationRelaxed, Offline: true, Limits: limits,
	})
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, pdfcpu.ErrWrongPassword):
		return nil, errEncrypted
	case err != nil && bytes.Contains(raw, []byte("/Encrypt")):
		return nil, fmt.Errorf("%w (%w)", errEncrypted, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return file, nil
}

func pdfTitle(file *model.Context) string {
	if file.Info == nil {
		return ""
	}
	info, err := file.DereferenceDict(*file.Info)
	if err != nil || info == nil {
		return ""
	}
	title, err := file.DereferenceText(info["Title"])
	if err != nil {
		return ""
	}
	title = named(printed(title))
	// What programs write when nobody gave a title.
	if lower := strings.ToLower(title); lower == "untitled" || strings.HasPrefix(lower, "microsoft word - ") {
		return ""
	}
	return title
}

// pdfPage reads the text of a page.
type pdfPage struct {
	ctx  context.Context
	file *model.Context
	most int64 // bytes that a stream may have, and those of a page together
	left int64 // bytes of text that there may be

	layout   pdfLayout
	painted  bool // something that white text can be read on
	fonts    map[types.IndirectRef]*pdfFont
	unmapped int
	steps    int
}

func (p *pdfPage) text(page, resources types.Dict) (marked, error) {
	code, err := p.contents(page["Contents"])
	if err != nil {
		return marked{}, err
	}
	if err := p.run(code, resources, identity, pdfLook{}, 0); err != nil {
		return marked{}, err
	}
	// What gave up early wrote less than there is.
	if p.ctx.Err() != nil {
		return marked{}, context.Cause(p.ctx)
	}
	if p.full() {
		return marked{}, tooLarge(p.most)
	}
	return p.layout.text.take().trimmed(), nil
}

// late tells whether the time is up. It is asked at every step of a loop whose
// length the file tells, and looks now and then.
func (p *pdfPage) late() bool {
	p.steps++
	return p.steps%256 == 0 && p.ctx.Err() != nil
}

// full tells whether there is more text than may be.
func (p *pdfPage) full() bool { return int64(p.layout.text.out.Len()) > p.left }

func (p *pdfPage) dict(o types.Object) types.Dict { return dictOf(p.file, o) }

// dictOf is a dictionary, behind a reference or not; nil if it is none.
func dictOf(file *model.Context, o types.Object) types.Dict {
	d, err := file.Dereference(o)
	if err != nil {
		return nil
	}
	switch d := d.(type) {
	case types.Dict:
		return d
	case types.StreamDict:
		return d.Dict
	}
	return nil
}

func (p *pdfPage) name(o types.Object) string {
	o, _ = p.file.Dereference(o)
	n, _ := o.(types.Name)
	return string(n)
}

func (p *pdfPage) number(o types.Object) float64 {
	o, _ = p.file.Dereference(o)
	switch n := o.(type) {
	case types.Integer:
		return float64(n)
	case types.Float:
		return float64(n)
	}
	return 0
}

func (p *pdfPage) array(o types.Object) types.Array {
	o, _ = p.file.Dereference(o)
	a, _ := o.(types.Array)
	return a
}

// stream is the decoded content of a stream; nil if there is none that can be
// decoded.
func (p *pdfPage) stream(o types.Object) []byte {
	o, err := p.file.Dereference(o)
	if err != nil {
		return nil
	}
	s, ok := o.(types.StreamDict)
	if !ok || s.DecodeWithLimit(p.most) != nil {
		return nil
	}
	return s.Content
}
