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

// newlines returns the number of line ends before and after an element. Two make
// an empty line, as between paragraphs.
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

// pageText writes text as a browser lays it out. White space collapses, and so do
// the line breaks of nested or adjacent elements.
type pageText struct {
	ctx     context.Context
	nodes   int                      // number of nodes visited
	grounds map[*nethtml.Node]bool   // whether an element or one around it has a background
	skipped func(*nethtml.Node) bool // whether to leave out an element
	most    int64                    // maximum number of bytes of text
	err     error                    // set if a table would exceed most

	out    content.Builder
	space  bool // write a space before the next word
	breaks int  // number of line ends to write before the next word
	cell   int  // number of table cells around; inside one, a line break becomes a space
	pre    int  // number of <pre> around

	headings []content.Heading
	hidden   []content.Span
	leads    []content.Lead
	begins   *content.Heading // heading that begins with the next word
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

// raise writes ^ before a superscript number that follows a digit, so that 10³ does
// not become 103.
func (p *pageText) raise(n *nethtml.Node) {
	raised := textOf(n)
	if raised != "" && strings.ContainsRune("0123456789-−+", rune(raised[0])) && p.breaks == 0 && !p.space && content.EndsInDigit(p.out.String()) {
		p.append("^")
	}
}

// headingLevel returns 1 to 6 for a heading and 0 for any other element.
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

// cellOf writes a cell of a table that is not written as a grid. A table inside a
// cell becomes part of the line of that cell. Each cell of a table used for layout
// is written as a block of its own.
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

// withoutBreakHints returns -1 for the runes that only say where a line may be
// broken, which strings.Map then drops: soft hyphens, and spaces and joiners
// without width.
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

// append writes s after the line ends or the space due before it.
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

// verbatim writes preformatted text with its own line ends and spaces.
func (p *pageText) verbatim(s string) {
	if strings.Trim(s, "\n") == "" {
		p.breakLines(strings.Count(s, "\n"))
		return
	}
	p.append(strings.TrimRight(strings.TrimLeft(s, "\n"), "\n"))
	p.breakLines(min(2, len(s)-len(strings.TrimRight(s, "\n"))))
}
