package web

import (
	"strconv"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/table"
)

// table writes a table as a grid with one line per row.
func (p *pageText) table(n *nethtml.Node) {
	var g table.Grid
	p.rowsOf(n, &g, false)
	if p.err != nil {
		return
	}
	lines, headers, ok := g.Lines(p.most - int64(p.out.Len()))
	if !ok {
		p.err = content.TooLarge(p.most)
		return
	}
	p.breakLines(2)
	l := content.Lead{}
	start := -1
	for i, line := range append([]content.Marked{g.Caption}, lines...) {
		if line.Text == "" {
			continue
		}
		p.breakLines(1)
		p.appendMarked(line)
		if start < 0 {
			start = p.out.Runes() - len([]rune(line.Text))
		}
		if i <= headers {
			l.Text += "\n" + line.Text
		}
	}
	l.Text = strings.TrimPrefix(l.Text, "\n")
	if l.Span = (content.Span{Start: start, End: p.out.Runes()}); start >= 0 && l.Text != "" {
		p.leads = append(p.leads, l)
	}
	p.breakLines(2)
}

// rowsOf adds the rows of a table to g, at any depth of elements such as <tbody>.
// header says whether they are in a <thead>.
func (p *pageText) rowsOf(n *nethtml.Node, g *table.Grid, header bool) {
	for c := range n.ChildNodes() {
		if c.Type != nethtml.ElementNode || p.skipped(c) {
			continue
		}
		switch c.DataAtom {
		case atom.Caption:
			g.Caption = p.inCell(c)
		case atom.Tr:
			g.Rows = append(g.Rows, p.rowOf(c, header))
		case atom.Table: // misplaced directly inside a table: keep its rows
			p.rowsOf(c, g, false)
		default:
			p.rowsOf(c, g, header || c.DataAtom == atom.Thead)
		}
	}
}

func (p *pageText) rowOf(n *nethtml.Node, header bool) table.Row {
	row := table.Row{Header: header}
	only := true // all cells are <th>
	for c := range n.ChildNodes() {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
			continue
		}
		only = only && c.DataAtom == atom.Th
		cell := table.Cell{Across: spanned(c, "colspan"), Down: spanned(c, "rowspan")}
		if !p.skipped(c) {
			cell.Marked = p.inCell(c)
		}
		if p.unseen(n) || n.Parent != nil && n.Parent.DataAtom != atom.Table && p.unseen(n.Parent) {
			cell.Hidden = []content.Span{{Start: 0, End: len([]rune(cell.Text))}}
		}
		row.Cells = append(row.Cells, cell)
	}
	row.Header = header || only && len(row.Cells) > 1
	return row
}

// spanned returns the number of columns or rows that a cell spans.
func spanned(n *nethtml.Node, name string) int {
	switch v, err := strconv.Atoi(attribute(n, name)); {
	case err != nil:
		return 1
	case v == 0 && name == "rowspan": // it spans all rows below
		return table.MaxColumns
	default:
		return v
	}
}

// inCell returns the text of a cell on one line.
func (p *pageText) inCell(n *nethtml.Node) content.Marked {
	inner := pageText{ctx: p.ctx, nodes: p.nodes, grounds: p.grounds, skipped: p.skipped, most: p.most, cell: 1}
	if p.unseen(n) {
		defer func() { p.nodes = inner.nodes }()
		inner.children(n)
		return content.Marked{Text: inner.out.String(), Hidden: []content.Span{{Start: 0, End: inner.out.Runes()}}}
	}
	inner.children(n)
	p.nodes = inner.nodes
	return content.Marked{Text: inner.out.String(), Hidden: inner.hidden}
}

// appendMarked writes a text and notes its hidden parts.
func (p *pageText) appendMarked(m content.Marked) {
	p.append(m.Text)
	start := p.out.Runes() - len([]rune(m.Text))
	for _, h := range m.Hidden {
		p.hidden = append(p.hidden, content.Span{Start: h.Start + start, End: h.End + start})
	}
}

// isLayout reports whether a table is used only to place things side by side: its
// role says so, a cell holds a heading or a table of several rows, or no row has
// two cells.
func isLayout(n *nethtml.Node) bool {
	if role := attribute(n, "role"); role == "presentation" || role == "none" {
		return true
	}
	rows, columns, nested := 0, 0, false
	var look func(n *nethtml.Node, depth int)
	look = func(n *nethtml.Node, depth int) {
		for c := range n.ChildNodes() {
			if nested {
				return
			}
			switch c.DataAtom {
			case atom.Table:
				inner := 0
				for d := range c.Descendants() {
					if d.DataAtom == atom.Tr {
						inner++
					}
				}
				nested = nested || inner > 1
				continue
			case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
				nested = nested || depth > 0
			case atom.Tr:
				rows++
			case atom.Td, atom.Th:
				before := 0
				for s := c; s != nil; s = s.PrevSibling {
					if s.DataAtom == atom.Td || s.DataAtom == atom.Th {
						before++
						if before > 1 {
							break
						}
					}
				}
				columns = max(columns, before)
				look(c, depth+1)
				continue
			}
			look(c, depth)
		}
	}
	look(n, 0)
	return nested || columns < 2
}
