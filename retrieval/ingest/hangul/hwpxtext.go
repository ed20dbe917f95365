package hangul

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/table"
	"selfrag/retrieval/ingest/xmltext"
)

// hwpxText collects the text of a section of HWPX.
type hwpxText struct {
	ctx   context.Context
	h     *writer
	looks hwpxLooks

	outline    string       // the list that numbers headings
	paragraphs []*paragraph // the open ones, the innermost last
	frames     []*hwpxFrame // the open ones, the innermost last
	white      bool         // the current run is white without a background
	deleted    bool         // the current text is a tracked deletion
}

// hwpxFrame is an element with paragraphs of its own, such as a cell, a text box,
// a note or a caption. A table, which has cells, is a frame, too.
type hwpxFrame struct {
	kind   string                // name of the element, such as "tbl"
	text   content.MarkedBuilder // text of its paragraphs
	notes  []content.Marked
	grid   table.Grid // of a table
	row    table.Row  // the current row of a table; in a cell, Header says whether it is a header cell
	cell   table.Cell
	filled bool // a cell with a coloured background
}

// hwpxFrames maps the names of elements that are frames to whether they are part
// of the text.
var hwpxFrames = map[string]bool{
	"tbl": true, "tc": true, "drawText": true, "footNote": true, "endNote": true, "caption": true,
	"header": false, "footer": false, "hiddenComment": false, "memo": false, "fieldBegin": false, "secPr": false,
}

func (s *hwpxText) read(part string, raw []byte) error {
	tokens, err := xmltext.NewDecoder(raw)
	if err == nil {
		err = s.walk(tokens)
	}
	if err != nil && s.ctx.Err() == nil && !errors.Is(err, content.ErrTooLarge) {
		err = fmt.Errorf("%w: %s: %w", content.ErrDamaged, part, err)
	}
	return err
}

func (s *hwpxText) walk(tokens *xml.Decoder) error {
	inText := 0
	return xmltext.EachToken(s.ctx, tokens, func(token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			if isText, isFrame := hwpxFrames[t.Name.Local]; isFrame && !isText {
				s.skip(t)
				return tokens.Skip()
			}
			if t.Name.Local == "t" {
				inText++
			}
			s.start(t)
		case xml.EndElement:
			if t.Name.Local == "t" {
				inText--
			}
			return s.end(t.Name.Local)
		case xml.CharData:
			if inText > 0 {
				s.write(content.NormaliseNewlines(string(t)))
			}
		}
		return nil
	})
}

// skip notes what matters of an element that is left out: the list that numbers
// headings, and comments and memos, which are counted.
func (s *hwpxText) skip(t xml.StartElement) {
	switch t.Name.Local {
	case "secPr":
		s.outline = xmltext.Attribute(t, "outlineShapeIDRef")
	case "hiddenComment":
		s.h.left["comment"]++
	case "memo":
		s.h.left["memo"]++
	case "fieldBegin":
		if strings.EqualFold(xmltext.Attribute(t, "type"), "MEMO") {
			s.h.left["memo"]++
		}
	}
}

func (s *hwpxText) start(t xml.StartElement) {
	switch t.Name.Local {
	case "p":
		p := &paragraph{}
		look := s.looks.paragraphs[xmltext.Attribute(t, "paraPrIDRef")]
		p.list, p.depth, p.outline = look.list, look.depth, look.outline
		if look.outline {
			p.list = s.outline
		}
		s.paragraphs = append(s.paragraphs, p)
	case "run":
		s.white = s.looks.white[xmltext.Attribute(t, "charPrIDRef")]
	case "tab":
		s.write("\t")
	case "lineBreak":
		s.write("\n")
	case "hyphen":
		s.write("-")
	case "nbSpace", "fwSpace":
		s.write(" ")
	case "deleteBegin":
		s.deleted = true
	case "deleteEnd":
		s.deleted = false
	case "compose":
		s.write(xmltext.Attribute(t, "composeText"))
	case "equation":
		s.h.left["equation"]++
	case "tbl", "tc", "drawText", "footNote", "endNote", "caption":
		s.frames = append(s.frames, &hwpxFrame{kind: t.Name.Local})
		if t.Name.Local == "tc" {
			f := s.frame()
			f.filled = s.looks.filled[xmltext.Attribute(t, "borderFillIDRef")]
			f.row.Header = xmltext.Attribute(t, "header") == "1"
		}
	case "tr":
		if f := s.frame(); f != nil && f.kind == "tbl" {
			f.row = table.Row{}
		}
	case "cellSpan":
		if f := s.frame(); f != nil && f.kind == "tc" {
			f.cell.Across, f.cell.Down = xmltext.Int(xmltext.Attribute(t, "colSpan")), xmltext.Int(xmltext.Attribute(t, "rowSpan"))
		}
	}
}

// frame returns the innermost open frame, or nil.
func (s *hwpxText) frame() *hwpxFrame {
	if len(s.frames) == 0 {
		return nil
	}
	return s.frames[len(s.frames)-1]
}

func (s *hwpxText) write(text string) {
	if len(s.paragraphs) == 0 || s.deleted {
		return
	}
	filled := slices.ContainsFunc(s.frames, func(f *hwpxFrame) bool { return f.filled })
	s.paragraphs[len(s.paragraphs)-1].text.Add(text, s.white && !filled)
}

func (s *hwpxText) end(name string) error {
	f := s.frame()
	switch name {
	case "p":
		return s.endParagraph()
	case "tr":
		if f != nil && f.kind == "tbl" {
			f.grid.Rows = append(f.grid.Rows, f.row)
		}
	case "tbl", "tc", "drawText", "footNote", "endNote", "caption":
		if f != nil && f.kind == name {
			s.frames = s.frames[:len(s.frames)-1]
			return s.endFrame(f)
		}
	}
	return nil
}

func (s *hwpxText) endParagraph() error {
	if len(s.paragraphs) == 0 {
		return nil
	}
	p := s.paragraphs[len(s.paragraphs)-1]
	s.paragraphs = s.paragraphs[:len(s.paragraphs)-1]
	if f := s.frame(); f != nil {
		if f.text.Len() > 0 {
			separator := " "
			if f.kind == "drawText" {
				separator = "\n"
			}
			f.text.Add(separator, false)
		}
		f.text.Join(s.h.inLine(p))
		f.notes = append(f.notes, p.notes...)
		return nil
	}
	return s.h.write(p)
}

// endFrame adds the text of a frame to the frame around it, or to the paragraph
// that the frame is anchored in.
func (s *hwpxText) endFrame(f *hwpxFrame) error {
	text := f.text.Take().Trimmed()
	outer := s.frame()
	var p *paragraph
	if len(s.paragraphs) > 0 {
		p = s.paragraphs[len(s.paragraphs)-1]
	}
	switch f.kind {
	case "tc":
		if outer != nil && outer.kind == "tbl" {
			f.cell.Marked = text
			outer.row.Header = len(outer.row.Cells) == 0 && f.row.Header || outer.row.Header && f.row.Header
			outer.row.Cells = append(outer.row.Cells, f.cell)
			outer.notes = append(outer.notes, f.notes...)
		}
		return nil
	case "caption":
		if outer != nil && outer.kind == "tbl" {
			outer.grid.Caption = text
			return nil
		}
	case "footNote", "endNote":
		if p != nil && text.Text != "" {
			p.notes = append(p.notes, s.h.note(f.kind, text))
		}
		return nil
	case "tbl":
		block, err := s.h.table(f.grid)
		if err != nil || p == nil {
			return err
		}
		p.blocks, p.notes = append(p.blocks, block), append(p.notes, f.notes...)
		return nil
	}
	if p != nil && text.Text != "" {
		p.blocks = append(p.blocks, block{lines: []content.Marked{text}})
		p.notes = append(p.notes, f.notes...)
	}
	return nil
}
