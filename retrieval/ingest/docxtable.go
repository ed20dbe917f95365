package ingest

import (
	"encoding/xml"
	"strings"
)

// startTable takes note of what begins or describes a table. One in a cell
// becomes part of its line.
func (f *docxFrameText) startTable(t xml.StartElement) {
	if t.Name.Local == "tbl" {
		if f.tables++; f.tables == 1 {
			f.grid = grid{}
		}
		return
	}
	if f.tables != 1 {
		return
	}
	switch t.Name.Local {
	case "tr":
		f.row = gridRow{}
	case "tblHeader":
		f.row.header = on(value(t, "val"))
	case "gridBefore":
		f.row.before = atoi(value(t, "val"))
	case "tc":
		f.cell, f.text = gridCell{}, markedText{}
	case "gridSpan":
		f.cell.across = atoi(value(t, "val"))
	case "vMerge":
		f.cell.goesOn = value(t, "val") != "restart"
	}
}

func (f *docxFrameText) endCell() {
	if f.tables == 1 {
		f.cell.marked = f.text.take().collapsed()
		f.row.cells = append(f.row.cells, f.cell)
	}
}

func (f *docxFrameText) endRow() {
	if f.tables == 1 {
		f.grid.rows = append(f.grid.rows, f.row)
		f.row = gridRow{}
	}
}

func (d *docxText) endTable(f *docxFrameText) error {
	if f.tables--; f.tables > 0 {
		return nil
	}
	f.tables = max(f.tables, 0)
	lines, headers, ok := f.grid.lines(d.most - int64(d.out.Len()))
	f.grid = grid{}
	if !ok {
		return tooLarge(d.most)
	}
	if len(d.frames) > 1 {
		f.blocks = append(f.blocks, lines...)
		return nil
	}
	l := lead{span: span{start: d.out.runes}}
	for i, line := range lines {
		d.put(line)
		d.out.write("\n")
		if i < headers {
			l.text += line.text + "\n"
		}
	}
	l.end = d.out.runes - 1
	if l.text = strings.TrimSuffix(l.text, "\n"); l.text != "" {
		d.leads = append(d.leads, l)
	}
	if d.out.Len() > 0 {
		d.out.write("\n")
	}
	d.flushNotes()
	return nil
}
