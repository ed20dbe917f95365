package office

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/table"
	"selfrag/retrieval/ingest/xmltext"
)

// slideBlock is the lines of a shape, a table or a chart.
type slideBlock struct {
	lines   []content.Marked
	title   bool
	headers int    // number of header lines of a table, which are repeated wherever it is cut
	chart   string // relationship of a chart that is not read yet
}

// slideText collects the shapes of a slide.
type slideText struct {
	ctx    context.Context
	most   int64
	unseen bool // the slide is hidden
	blocks []slideBlock
	left   map[string]int // number of things left out, by kind

	shape     slideBlock
	skip      bool // the shape is a date, a header, a footer or a slide number
	paragraph strings.Builder
	tables    int // number of open tables, one inside another
	grid      table.Grid
	row       table.Row
	cell      table.Cell
	cellText  strings.Builder
}

func readShapes(ctx context.Context, a *archive.Archive, part string, maxBytes int64) (*slideText, error) {
	raw, err := a.Read(part)
	if err != nil {
		return nil, err
	}
	t := &slideText{ctx: ctx, most: maxBytes, left: map[string]int{}}
	tokens, err := xmltext.NewDecoder(raw)
	if err == nil {
		err = t.walk(tokens)
	}
	if err != nil && !errors.Is(err, content.ErrTooLarge) {
		err = fmt.Errorf("%w: %s: %w", content.ErrDamaged, part, err)
	}
	return t, err
}

func (t *slideText) walk(tokens *xml.Decoder) error {
	inText := false
	return xmltext.EachToken(t.ctx, tokens, func(token xml.Token) error {
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "Fallback" {
				return tokens.Skip()
			}
			inText = token.Name.Local == "t"
			t.start(token)
		case xml.CharData:
			if inText {
				t.paragraph.WriteString(content.NormaliseNewlines(string(token)))
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
		if show := xmltext.Attribute(e, "show"); show != "" {
			t.unseen = !xmltext.IsOn(show)
		}
	case "sp":
		t.shape, t.skip = slideBlock{}, false
	case "ph":
		switch xmltext.Attribute(e, "type") {
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
			t.grid = table.Grid{}
		}
	case "tblPr":
		t.grid.FirstIsHeader = xmltext.IsOn(xmltext.Attribute(e, "firstRow")) && xmltext.Attribute(e, "firstRow") != ""
	case "tr":
		t.row = table.Row{Header: t.grid.FirstIsHeader && len(t.grid.Rows) == 0}
	case "tc":
		t.cell = table.Cell{Across: max(xmltext.Int(xmltext.Attribute(e, "gridSpan")), 1), Down: xmltext.Int(xmltext.Attribute(e, "rowSpan"))}
		t.cell.Covered = xmltext.Attribute(e, "hMerge") != "" && xmltext.IsOn(xmltext.Attribute(e, "hMerge")) || xmltext.Attribute(e, "vMerge") != "" && xmltext.IsOn(xmltext.Attribute(e, "vMerge"))
		t.cellText.Reset()
	case "chart":
		if id := relationOf(e); id != "" {
			t.blocks = append(t.blocks, slideBlock{chart: id})
		} else {
			t.left["chart"]++
		}
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
			t.shape.lines = append(t.shape.lines, content.Marked{Text: strings.TrimSpace(line)})
		}
	case "sp":
		if !t.skip && len(t.shape.lines) > 0 {
			t.blocks = append(t.blocks, t.shape)
		}
		t.shape, t.skip = slideBlock{}, false
	case "tc":
		if t.tables == 1 && !t.cell.Covered {
			t.cell.Marked = content.Marked{Text: content.Collapse(t.cellText.String())}
			t.row.Cells = append(t.row.Cells, t.cell)
		}
	case "tr":
		if t.tables == 1 {
			t.grid.Rows = append(t.grid.Rows, t.row)
		}
	case "tbl":
		if t.tables--; t.tables == 0 {
			lines, headers, ok := t.grid.Lines(t.most)
			if !ok {
				return content.TooLarge(t.most)
			}
			t.blocks = append(t.blocks, slideBlock{lines: lines, headers: max(headers, 0)})
		}
	}
	return nil
}

// readCharts reads the charts among the blocks. One that cannot be read counts as left
// out.
func (t *slideText) readCharts(a *archive.Archive, all []relationship) error {
	for i, b := range t.blocks {
		if b.chart == "" {
			continue
		}
		lines, headers, err := relatedChart(a, all, b.chart, t.most)
		switch {
		case errors.Is(err, content.ErrTooLarge), errors.Is(err, content.ErrEncrypted):
			return err
		case err != nil:
			t.left["chart"]++
		}
		t.blocks[i].lines, t.blocks[i].headers = lines, headers
	}
	return nil
}

// content returns the content of the slide: the title as a heading, and the other
// shapes below it.
func (t *slideText) content() content.Content {
	var c content.Content
	var out content.Builder
	for _, titles := range []bool{true, false} {
		for _, b := range t.blocks {
			if b.title != titles || len(b.lines) == 0 {
				continue
			}
			if out.Len() > 0 {
				out.Add("\n\n")
			}
			l := content.Lead{Span: content.Span{Start: out.Runes()}}
			for i, line := range b.lines {
				if i > 0 {
					out.Add("\n")
				}
				out.Add(line.Text)
				if i < b.headers {
					l.Text += "\n" + line.Text
				}
			}
			l.End = out.Runes()
			if b.title {
				c.Headings = append(c.Headings, content.Heading{Start: l.Start, Level: 1, Text: content.Name(linesText(b.lines))})
			}
			if l.Text = strings.TrimPrefix(l.Text, "\n"); l.Text != "" {
				c.Leads = append(c.Leads, l)
			}
		}
	}
	c.Text = out.String()
	return c
}

func linesText(lines []content.Marked) string {
	var texts []string
	for _, line := range lines {
		texts = append(texts, line.Text)
	}
	return strings.Join(texts, " ")
}
