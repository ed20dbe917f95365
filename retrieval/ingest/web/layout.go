package web

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"selfrag/retrieval/ingest/content"
)

// newlines is how many line ends stand before and after an element: 2 set a
// paragraph apart.
func newlines(n *nethtml.Node) int {
	switch n.DataAtom {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Table, atom.Pre,
		atom.Blockquote, atom.Figure, atom.Section, atom.Article, atom.Details, atom.Hr:
		return 2
	case atom.Div, atom.Li, atom.Dt, atom.Dd, atom.Tr, atom.Caption, atom.Figcaption, atom.Summary, atom.Address,
		atom.Header, atom.Footer, atom.Form, atom.Fieldset, atom.Legend, atom.Option:
		return 1
	}
	return 0
}

// pageText writes text as a browser lays it out: white space collapses, and
// breaks asked for by several elements are one.
type pageText struct {
	ctx     context.Context
	nodes   int
	grounds map[*nethtml.Node]bool // whether there is a background behind an element
	skipped func(*nethtml.Node) bool
	most    int64 // bytes of text
	err     error // there would be more

	out    content.Builder
	space  bool // owed before the next word
	breaks int  // line ends owed before the next word
	cell   int  // depth of table cells: in one, breaks are spaces
	pre    int  // depth of <pre>

	headings []content.Heading
	hidden   []content.Span
	leads    []content.Lead
	begins   *content.Heading // begins with the next word
}

func (p *pageText) node(n *nethtml.Node) {
	if p.nodes++; p.nodes%1024 == 0 && p.ctx.Err() != nil || p.err != nil {
		return
	}
	switch n.Type {
	case nethtml.TextNode:
		p.text(n.Data)
		return
	case nethtml.ElementNode:
		if p.skipped(n) {
			return
		}
	case nethtml.DocumentNode:
	default:
		return
	}
	if p.unseen(n) {
		defer p.hide(p.out.Runes())
	}
	switch n.DataAtom {
	case atom.Br:
		p.breakLines(1)
		return
	case atom.Td, atom.Th:
		p.cellOf(n)
		return
	case atom.Table:
		if p.cell == 0 && !isLayout(n) {
			p.table(n)
			return
		}
	case atom.Pre:
		p.pre++
		defer func() { p.pre-- }()
	case atom.Sup:
		p.raise(n)
	}
	p.breakLines(newlines(n))
	if level := headingLevel(n); level > 0 && p.cell == 0 {
		p.begins = &content.Heading{Level: level, Text: textOf(n)}
	}
	p.children(n)
	p.breakLines(newlines(n))
}

// raise parts digits that stand above others from these: 10 with a 3 above is
// not 103.
func (p *pageText) raise(n *nethtml.Node) {
	raised := textOf(n)
	if raised != "" && strings.ContainsRune("0123456789-−+", rune(raised[0])) && p.breaks == 0 && !p.space && content.EndsInDigit(p.out.String()) {
		p.append("^")
	}
}

// headingLevel is 1 to 6 for a heading, else 0.
func headingLevel(n *nethtml.Node) int {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return int(n.Data[1] - '0')
	}
	return 0
}

func (p *pageText) children(n *nethtml.Node) {
	for c := range n.ChildNodes() {
		p.node(c)
	}
}

// cellOf writes a cell of a table that is not laid out as a grid: one inside a
// cell becomes part of its line, one that only puts things beside each other
// is written as these.
func (p *pageText) cellOf(n *nethtml.Node) {
	if p.cell == 0 {
		p.breakLines(2)
		p.children(n)
		p.breakLines(2)
		return
	}
	for before := n.PrevSibling; before != nil; before = before.PrevSibling {
		if before.DataAtom == atom.Td || before.DataAtom == atom.Th {
			p.word("|")
			break
		}
	}
	p.space = true
	p.cell++
	p.children(n)
	p.cell--
	p.space = true
}

func (p *pageText) breakLines(n int) {
	if n > 0 && p.cell > 0 {
		p.space = true
		return
	}
	p.breaks = max(p.breaks, n)
}

func (p *pageText) text(s string) {
	s = strings.Map(withoutBreakHints, s)
	if p.pre > 0 && p.cell == 0 {
		p.verbatim(s)
		return
	}
	for len(s) > 0 {
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end == 0 {
			p.space = true
			_, size := utf8.DecodeRuneInString(s)
			s = s[size:]
			continue
		}
		if end < 0 {
			end = len(s)
		}
		p.append(s[:end])
		s = s[end:]
	}
}

// withoutBreakHints drops the runes that only say where a line may or may not
// be broken: soft hyphens, spaces and joiners of no width.
func withoutBreakHints(r rune) rune {
	switch r {
	case '\u00ad', '\u200b', '\u2060', '\ufeff':
		return -1
	}
	return r
}

// word writes s with a space before it.
func (p *pageText) word(s string) {
	p.space = true
	p.append(s)
}

// append writes s after the breaks or the space owed.
func (p *pageText) append(s string) {
	switch {
	case p.out.Len() == 0:
	case p.breaks > 0:
		p.out.Add(strings.Repeat("\n", p.breaks))
	case p.space:
		p.out.Add(" ")
	}
	p.space, p.breaks = false, 0
	if p.begins != nil {
		p.begins.Start = p.out.Runes()
		p.headings = append(p.headings, *p.begins)
		p.begins = nil
	}
	p.out.Add(s)
}

// verbatim writes preformatted text, its own line ends included.
func (p *pageText) verbatim(s string) {
	if strings.Trim(s, "\n") == "" {
		p.breakLines(strings.Count(s, "\n"))
		return
	}
	p.append(strings.TrimRight(strings.TrimLeft(s, "\n"), "\n"))
	p.breakLines(min(2, len(s)-len(strings.TrimRight(s, "\n"))))
}
