package office

import (
	"encoding/xml"
	"strings"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/table"
	"selfrag/retrieval/ingest/xmltext"
)

// startTable handles the beginning of an element of a table. The text of a table
// inside a cell becomes part of the cell.
func (f *docxFrameText) startTable(t xml.StartElement) {
	if t.Name.Local == "tbl" {
		if f.tables++; f.tables == 1 {
			f.grid = table.Grid{}
		}
		return
	}
	if f.tables != 1 {
		return
	}
	switch t.Name.Local {
	case "tr":
		f.row = table.Row{}
	case "tblHeader":
		f.row.Header = xmltext.IsOn(xmltext.Attribute(t, "val"))
	case "gridBefore":
		f.row.Before = xmltext.Int(xmltext.Attribute(t, "val"))
	case "tc":
		f.cell, f.text = table.Cell{}, content.MarkedBuilder{}
	case "gridSpan":
		f.cell.Across = xmltext.Int(xmltext.Attribute(t, "val"))
	case "vMerge":
		f.cell.GoesOn = xmltext.Attribute(t, "val") != "restart"
	}
}

func (f *docxFrameText) endCell() {
	if f.tables == 1 {
		f.cell.Marked = f.text.Take().Collapsed()
		f.row.Cells = append(f.row.Cells, f.cell)
	}
}

func (f *docxFrameText) endRow() {
	if f.tables == 1 {
		f.grid.Rows = append(f.grid.Rows, f.row)
		f.row = table.Row{}
	}
}

func (d *docxText) endTable(f *docxFrameText) error {
	if f.tables--; f.tables > 0 {
		return nil
	}
	f.tables = max(f.tables, 0)
	lines, headers, ok := f.grid.Lines(d.most - int64(d.out.Len()))
	f.grid = table.Grid{}
	if !ok {
		return content.TooLarge(d.most)
	}
	if len(d.frames) > 1 {
		f.blocks = append(f.blocks, lines...)
		return nil
	}
	l := content.Lead{Span: content.Span{Start: d.out.Runes()}}
	for i, line := range lines {
		d.put(line)
		d.out.Add("\n")
		if i < headers {
			l.Text += line.Text + "\n"
		}
	}
	l.End = d.out.Runes() - 1
	if l.Text = strings.TrimSuffix(l.Text, "\n"); l.Text != "" {
		d.leads = append(d.leads, l)
	}
	if d.out.Len() > 0 {
		d.out.Add("\n")
	}
	d.flushNotes()
	return nil
}
