package hangul

import (
	"context"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/table"
)

// hwpText collects the text of the sections of an HWP 5 file.
type hwpText struct {
	ctx    context.Context
	h      *writer
	shapes []hwpxParagraphLook // paragraph shapes, by their numbers
	white  []bool              // by the number of a character shape: white without a background
	filled []bool              // by the number of a border minus 1: it comes with a coloured background

	outline string // name of the list that numbers headings
	inFill  int    // number of cells with a coloured background around the current text
}

func (t *hwpText) readSection(stream []byte) error {
	records, err := hwpRecords(stream)
	if records == nil && err != nil {
		return err
	}
	for i, r := range records {
		if i%256 == 0 && t.ctx.Err() != nil {
			return context.Cause(t.ctx)
		}
		if r.tag != hwpParaHeader {
			continue
		}
		p, err := t.paragraph(r)
		if err != nil {
			return err
		}
		if err := t.h.write(p); err != nil {
			return err
		}
	}
	return err
}

// paragraph reads a paragraph and the tables, boxes and notes anchored in it.
func (t *hwpText) paragraph(r *hwpRecord) (*paragraph, error) {
	p := &paragraph{}
	var text, shapes *hwpRecord
	for _, b := range r.below {
		switch b.tag {
		case hwpParaText:
			text = b
		case hwpParaShapes:
			shapes = b
		case hwpControl:
			if err := t.control(b, p); err != nil {
				return nil, err
			}
		}
	}
	if n := r.u16(8); n < len(t.shapes) {
		look := t.shapes[n]
		p.list, p.depth, p.outline = look.list, look.depth, look.outline
		if look.outline {
			p.list = t.outline
		}
	}
	if text != nil {
		t.text(p, text.data, shapes)
	}
	return p, nil
}

// text decodes the text of a paragraph. A unit of UTF-16 below 32 is a control
// character. Some control characters are a single unit, the rest take 8 units.
func (t *hwpText) text(p *paragraph, raw []byte, shapes *hwpRecord) {
	var run []uint16
	look := hwpLook{t: t, shapes: shapes}
	white := false
	flush := func() {
		p.text.Add(string(utf16.Decode(run)), white)
		run = run[:0]
	}
	for i := 0; 2*i+1 < len(raw); i++ {
		unit := binary.LittleEndian.Uint16(raw[2*i:])
		if now := look.white(i); now != white {
			flush()
			white = now
		}
		switch {
		case unit >= 32:
			run = append(run, unit)
		case unit == 10 || unit == 13:
			run = append(run, '\n')
		case unit == 24:
			run = append(run, '-')
		case unit == 30 || unit == 31:
			run = append(run, ' ')
		case unit == 9:
			run = append(run, '\t')
			i += 7
		case unit == 0 || unit >= 25:
		default:
			i += 7
		}
	}
	flush()
}

// hwpLook finds the character shape at each position of a paragraph.
type hwpLook struct {
	t      *hwpText
	shapes *hwpRecord // pairs of a position and the number of the shape from there on
	next   int        // offset of the next pair
	is     bool       // the current shape is white
}

// white reports whether the character at a position is white without a background.
// Calls must come in the order of the positions.
func (l *hwpLook) white(at int) bool {
	if l.shapes == nil || l.t.inFill > 0 {
		return false
	}
	for l.next+8 <= len(l.shapes.data) && int64(l.shapes.u32(l.next)) <= int64(at) {
		n := int64(l.shapes.u32(l.next + 4))
		l.is = n < int64(len(l.t.white)) && l.t.white[n]
		l.next += 8
	}
	return l.is
}

// control reads something that is anchored in a paragraph, such as a table or a
// footnote.
func (t *hwpText) control(r *hwpRecord, p *paragraph) error {
	if len(r.data) < 4 {
		return nil
	}
	switch id := string([]byte{r.data[3], r.data[2], r.data[1], r.data[0]}); id {
	case "secd":
		t.outline = strconv.Itoa(r.u16(18))
	case "tbl ":
		return t.table(r, p)
	case "fn  ", "en  ":
		text, _, err := t.list(r.below, p)
		if err == nil && text.Text != "" {
			p.notes = append(p.notes, t.h.note(strings.TrimSpace(id), text))
		}
		return err
	case "gso ":
		return t.boxes(r, p)
	case "tcmt":
		t.h.left["comment"]++
	case "eqed":
		t.h.left["equation"]++
	case "%%me":
		t.h.left["memo"]++
	}
	return nil
}

// boxes reads the text boxes in a drawing, at any depth.
func (t *hwpText) boxes(r *hwpRecord, p *paragraph) error {
	text, found, err := t.list(r.below, p)
	if err != nil {
		return err
	}
	if found && text.Text != "" {
		p.blocks = append(p.blocks, block{lines: []content.Marked{text}})
	}
	for _, b := range r.below {
		if b.tag == hwpParaHeader || b.tag == hwpControl {
			continue
		}
		if err := t.boxes(b, p); err != nil {
			return err
		}
	}
	return nil
}

// list reads the paragraphs among the records as one line of text. Their notes are
// added to p, the paragraph around them. found reports whether there is any
// paragraph.
func (t *hwpText) list(records []*hwpRecord, p *paragraph) (text content.Marked, found bool, err error) {
	if t.ctx.Err() != nil {
		return content.Marked{}, false, context.Cause(t.ctx)
	}
	var out content.MarkedBuilder
	for _, r := range records {
		if r.tag != hwpParaHeader {
			continue
		}
		inner, err := t.paragraph(r)
		if err != nil {
			return content.Marked{}, false, err
		}
		if found {
			out.Add(" ", false)
		}
		found = true
		out.Join(t.h.inLine(inner))
		p.notes = append(p.notes, inner.notes...)
	}
	return out.Take().Trimmed(), found, nil
}

// table reads a table. The list of paragraphs before the table's record is the
// caption. Each list after it is a cell, which holds its own row and column span.
func (t *hwpText) table(r *hwpRecord, p *paragraph) error {
	var g table.Grid
	header, seen, cells := false, false, 0
	for i := 0; i < len(r.below); i++ {
		b := r.below[i]
		if b.tag == hwpTable {
			seen, header = true, b.u32(0)&(1<<2) != 0
		}
		if b.tag != hwpList {
			continue
		}
		end := i + 1
		for end < len(r.below) && r.below[end].tag == hwpParaHeader {
			end++
		}
		paragraphs := r.below[i+1 : end]
		i = end - 1
		filled := seen && b.u16(32) > 0 && b.u16(32) <= len(t.filled) && t.filled[b.u16(32)-1]
		if filled {
			t.inFill++
		}
		text, _, err := t.list(paragraphs, p)
		if filled {
			t.inFill--
		}
		if err != nil {
			return err
		}
		if !seen {
			g.Caption = text
			continue
		}
		cells++
		// A row has no cells of its own if cells above span it. Such rows are few,
		// so a much larger row number is wrong and must not create thousands of rows.
		row := min(b.u16(10), 2*cells+16)
		for len(g.Rows) <= row {
			g.Rows = append(g.Rows, table.Row{Header: header && len(g.Rows) == 0})
		}
		g.Rows[row].Cells = append(g.Rows[row].Cells, table.Cell{Marked: text, Across: b.u16(12), Down: b.u16(14)})
	}
	block, err := t.h.table(g)
	if err == nil && len(block.lines) > 0 {
		p.blocks = append(p.blocks, block)
	}
	return err
}
