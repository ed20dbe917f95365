package ingest

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// slideBlock is the lines of a shape or a table.
type slideBlock struct {
	lines   []marked
	title   bool
	headers int // of a table: lines that are said again
}

// slideText collects the shapes of a slide.
type slideText struct {
	ctx    context.Context
	most   int64
	unseen bool
	blocks []slideBlock
	left   map[string]int

	shape     slideBlock
	skip      bool // the shape is a date, a footer or a number
	paragraph strings.Builder
	tables    int
	grid      grid
	row       gridRow
	cell      gridCell
	cellText  strings.Builder
}

func readShapes(ctx context.Context, a *archive, part string, maxBytes int64) (*slideText, error) {
	raw, err := a.read(part)
	if err != nil {
		return nil, err
	}
	t := &slideText{ctx: ctx, most: maxBytes, left: map[string]int{}}
	tokens, err := newXMLDecoder(raw)
	if err == nil {
		err = t.walk(tokens)
	}
	if err != nil && !errors.Is(err, errTooLarge) {
		err = fmt.Errorf("%w: %s: %w", errDamaged, part, err)
	}
	return t, err
}

func (t *slideText) walk(tokens *xml.Decoder) error {
	inText := false
	return eachToken(t.ctx, tokens, func(token xml.Token) error {
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "Fallback" {
				return tokens.Skip()
			}
			inText = token.Name.Local == "t"
			t.start(token)
		case xml.CharData:
			if inText {
				t.paragraph.WriteString(normaliseNewlines(string(token)))
			}
		case xml.EndElement:
			inText = false
			return t.end(token.Name.Local)
		}
		return nil
	})
}

func (t *slideText) start(e xml.StartElement) {
	switch e.Name.Local {
	case "sld":
		if show := value(e, "show"); show != "" {
			t.unseen = !on(show)
		}
	case "sp":
		t.shape, t.skip = slideBlock{}, false
	case "ph":
		switch value(e, "type") {
		case "title", "ctrTitle":
			t.shape.title = true
		case "dt", "ftr", "sldNum", "hdr":
			t.skip = true
		}
	case "br":
		t.paragraph.WriteString("\n")
	case "tab":
		t.paragraph.WriteString("\t")
	case "tbl":
		if t.tables++; t.tables == 1 {
			t.grid = grid{}
		}
	case "tblPr":
		t.grid.firstIsHeader = on(value(e, "firstRow")) && value(e, "firstRow") != ""
	case "tr":
		t.row = gridRow{header: t.grid.firstIsHeader && len(t.grid.rows) == 0}
	case "tc":
		t.cell = gridCell{across: max(atoi(value(e, "gridSpan")), 1), down: atoi(value(e, "rowSpan"))}
		t.cell.covered = value(e, "hMerge") != "" && on(value(e, "hMerge")) || value(e, "vMerge") != "" && on(value(e, "vMerge"))
		t.cellText.Reset()
	case "chart":
		t.left["chart"]++
	case "relIds":
		t.left["diagram"]++
	case "oleObj":
		t.left["embedded object"]++
	}
}

func (t *slideText) end(name string) error {
	switch name {
	case "p":
		line := t.paragraph.String()
		t.paragraph.Reset()
		switch {
		case t.tables > 0:
			t.cellText.WriteString(line + " ")
		case strings.TrimSpace(line) != "":
			t.shape.lines = append(t.shape.lines, marked{text: strings.TrimSpace(line)})
		}
	case "sp":
		if !t.skip && len(t.shape.lines) > 0 {
			t.blocks = append(t.blocks, t.shape)
		}
		t.shape, t.skip = slideBlock{}, false
	case "tc":
		if t.tables == 1 && !t.cell.covered {
			t.cell.marked = marked{text: collapse(t.cellText.String())}
			t.row.cells = append(t.row.cells, t.cell)
		}
	case "tr":
		if t.tables == 1 {
			t.grid.rows = append(t.grid.rows, t.row)
		}
	case "tbl":
		if t.tables--; t.tables == 0 {
			lines, headers, ok := t.grid.lines(t.most)
			if !ok {
				return tooLarge(t.most)
			}
			t.blocks = append(t.blocks, slideBlock{lines: lines, headers: max(headers, 0)})
		}
	}
	return nil
}

// content puts the title first, as a heading, and the shapes below it.
func (t *slideText) content() content {
	var c content
	var out textBuilder
	for _, titles := range []bool{true, false} {
		for _, b := range t.blocks {
			if b.title != titles || len(b.lines) == 0 {
				continue
			}
			if out.Len() > 0 {
				out.write("\n\n")
			}
			l := lead{span: span{start: out.runes}}
			for i, line := range b.lines {
				if i > 0 {
					out.write("\n")
				}
				out.write(line.text)
				if i < b.headers {
					l.text += "\n" + line.text
				}
			}
			l.end = out.runes
			if b.title {
				c.headings = append(c.headings, heading{l.start, 1, named(linesText(b.lines))})
			}
			if l.text = strings.TrimPrefix(l.text, "\n"); l.text != "" {
				c.leads = append(c.leads, l)
			}
		}
	}
	c.text = out.String()
	return c
}

func linesText(lines []marked) string {
	var texts []string
	for _, line := range lines {
		texts = append(texts, line.text)
	}
	return strings.Join(texts, " ")
}
