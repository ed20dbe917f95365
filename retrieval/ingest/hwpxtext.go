package ingest

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// hwpxText collects the text of a section of HWPX.
type hwpxText struct {
	ctx   context.Context
	h     *hangulText
	looks hwpxLooks

	outline    string // the list that numbers headings
	paragraphs []*hangulParagraph
	frames     []*hwpxFrame
	white      bool // the run at hand is
	deleted    bool // what follows was deleted under tracking
}

// hwpxFrame is an element with paragraphs of its own: a cell, a text box, a
// note, a caption; or a table, with cells.
type hwpxFrame struct {
	kind   string
	text   markedText // of its paragraphs
	notes  []marked
	grid   grid
	row    gridRow
	cell   gridCell
	filled bool
}

// hwpxFrames are the elements that are frames. Those that are empty here are
// not part of the text.
var hwpxFrames = map[string]bool{
	"tbl": true, "tc": true, "drawText": true, "footNote": true, "endNote": true, "caption": true,
	"header": false, "footer": false, "hiddenComment": false, "memo": false, "fieldBegin": false, "secPr": false,
}

func (s *hwpxText) read(part string, raw []byte) error {
	tokens, err := newXMLDecoder(raw)
	if err == nil {
		err = s.walk(tokens)
	}
	if err != nil && s.ctx.Err() == nil && !errors.Is(err, errTooLarge) {
		err = fmt.Errorf("%w: %s: %w", errDamaged, part, err)
	}
	return err
}

func (s *hwpxText) walk(tokens *xml.Decoder) error {
	inText := 0
	return eachToken(s.ctx, tokens, func(token xml.Token) error {
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
				s.write(normaliseNewlines(string(t)))
			}
		}
		return nil
	})
}

// skip takes note of an element that is no text.
func (s *hwpxText) skip(t xml.StartElement) {
	switch t.Name.Local {
	case "secPr":
		s.outline = value(t, "outlineShapeIDRef")
	case "hiddenComment":
		s.h.left["comment"]++
	case "memo":
		s.h.left["memo"]++
	case "fieldBegin":
		if strings.EqualFold(value(t, "type"), "MEMO") {
			s.h.left["memo"]++
		}
	}
}

func (s *hwpxText) start(t xml.StartElement) {
	switch t.Name.Local {
	case "p":
		p := &hangulParagraph{}
		look := s.looks.paragraphs[value(t, "paraPrIDRef")]
		p.list, p.depth, p.outline = look.list, look.depth, look.outline
		if look.outline {
			p.list = s.outline
		}
		s.paragraphs = append(s.paragraphs, p)
	case "run":
		s.white = s.looks.white[value(t, "charPrIDRef")]
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
		s.write(value(t, "composeText"))
	case "equation":
		s.h.left["equation"]++
	case "tbl", "tc", "drawText", "footNote", "endNote", "caption":
		s.frames = append(s.frames, &hwpxFrame{kind: t.Name.Local})
		if t.Name.Local == "tc" {
			f := s.frame()
			f.filled = s.looks.filled[value(t, "borderFillIDRef")]
			f.row.header = value(t, "header") == "1"
		}
	case "tr":
		if f := s.frame(); f != nil && f.kind == "tbl" {
			f.row = gridRow{}
		}
	case "cellSpan":
		if f := s.frame(); f != nil && f.kind == "tc" {
			f.cell.across, f.cell.down = atoi(value(t, "colSpan")), atoi(value(t, "rowSpan"))
		}
	}
}

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
	s.paragraphs[len(s.paragraphs)-1].text.add(text, s.white && !filled)
}

func (s *hwpxText) end(name string) error {
	f := s.frame()
	switch name {
	case "p":
		return s.endParagraph()
	case "tr":
		if f != nil && f.kind == "tbl" {
			f.grid.rows = append(f.grid.rows, f.row)
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
		if f.text.out.Len() > 0 {
			separator := " "
			if f.kind == "drawText" {
				separator = "\n"
			}
			f.text.add(separator, false)
		}
		f.text.join(s.h.inLine(p))
		f.notes = append(f.notes, p.notes...)
		return nil
	}
	return s.h.write(p)
}

// endFrame hands what is in a frame to the one around it, or to the paragraph
// that it is anchored in.
func (s *hwpxText) endFrame(f *hwpxFrame) error {
	text := f.text.take().trimmed()
	outer := s.frame()
	var p *hangulParagraph
	if len(s.paragraphs) > 0 {
		p = s.paragraphs[len(s.paragraphs)-1]
	}
	switch f.kind {
	case "tc":
		if outer != nil && outer.kind == "tbl" {
			f.cell.marked = text
			outer.row.header = len(outer.row.cells) == 0 && f.row.header || outer.row.header && f.row.header
			outer.row.cells = append(outer.row.cells, f.cell)
			outer.notes = append(outer.notes, f.notes...)
		}
		return nil
	case "caption":
		if outer != nil && outer.kind == "tbl" {
			outer.grid.caption = text
			return nil
		}
	case "footNote", "endNote":
		if p != nil && text.text != "" {
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
	if p != nil && text.text != "" {
		p.blocks = append(p.blocks, hangulBlock{lines: []marked{text}})
		p.notes = append(p.notes, f.notes...)
	}
	return nil
}
