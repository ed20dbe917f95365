package ingest

import (
	"context"
	"fmt"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// html extracts what a page says: the text of its main part, if it marks one,
// without menus and scripts. Paragraphs are apart by an empty line, a row of a
// table is a line with " | " between its cells. The title is the page's, or
// else its first h1.
func html(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	root, warnings, err := parsePage(raw)
	if err != nil {
		return content{}, err
	}
	c, err := pageContent(ctx, root, maxBytes)
	c.warnings = append(warnings, c.warnings...)
	return c, err
}

// xhtml extracts a page that is XML, as in EPUB. What is not well-formed is
// read as HTML.
func xhtml(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	root, err := parseXHTML(raw)
	if err != nil {
		text, err := xmlText(raw)
		if err != nil {
			return content{}, err
		}
		return html(ctx, text, maxBytes)
	}
	return pageContent(ctx, root, maxBytes)
}

func parsePage(raw []byte) (*nethtml.Node, []string, error) {
	if isXHTML(raw) {
		if root, err := parseXHTML(raw); err == nil {
			return root, nil, nil
		}
	}
	decoded, warnings, err := decodeHTML(raw)
	if err != nil {
		return nil, nil, err
	}
	root, err := nethtml.Parse(strings.NewReader(decoded))
	if err != nil {
		return nil, nil, fmt.Errorf("parse HTML: %w", err)
	}
	return root, warnings, nil
}

func pageContent(ctx context.Context, root *nethtml.Node, maxBytes int64) (content, error) {
	p := pageText{ctx: ctx, most: maxBytes, grounds: map[*nethtml.Node]bool{}}
	b := boilerplate{sizes: map[*nethtml.Node]size{}}
	p.skipped = b.skipped
	parts := b.mainParts(root)
	for _, part := range parts {
		p.node(part)
		p.breakLines(2)
	}
	if ctx.Err() != nil {
		return content{}, context.Cause(ctx)
	}
	if p.out.Len() == 0 { // a page is not all menu
		p.skipped = func(n *nethtml.Node) bool { return isNoText(n) || n.DataAtom == atom.Nav }
		p.node(root)
	}
	if p.err != nil {
		return content{}, p.err
	}
	c := content{title: titleOf(root), text: p.out.String(), headings: p.headings, hidden: p.hidden, leads: p.leads}
	if all, left := b.size(root).text, lettersIn(c.text); all > 0 && float64(left) < (1-toldLoss)*float64(all) {
		c.warn("%d %% of the page was left out as menus, forms and what is beside its main part", 100-100*left/all)
	}
	return c, nil
}

// outermost finds the elements that meet a condition, but those inside others
// that do.
func outermost(n *nethtml.Node, is func(*nethtml.Node) bool) []*nethtml.Node {
	if n.Type == nethtml.ElementNode && is(n) {
		return []*nethtml.Node{n}
	}
	var found []*nethtml.Node
	for c := range n.ChildNodes() {
		found = append(found, outermost(c, is)...)
	}
	return found
}

func titleOf(root *nethtml.Node) string {
	for _, tag := range []atom.Atom{atom.Title, atom.H1} {
		for _, n := range outermost(root, func(n *nethtml.Node) bool { return n.DataAtom == tag && n.Namespace == "" }) {
			if title := textOf(n); title != "" {
				return title
			}
		}
	}
	return ""
}

// textOf is the text in an element, on one line, as far as a name goes.
func textOf(n *nethtml.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if b.Len() > 16*maxName { // headings in headings, each with all the rest of the page
			break
		}
		if d.Type == nethtml.TextNode {
			b.WriteString(d.Data)
		}
	}
	return named(b.String())
}

func attribute(n *nethtml.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func inside(n *nethtml.Node, tags ...atom.Atom) bool {
	for p := range n.Ancestors() {
		for _, tag := range tags {
			if p.DataAtom == tag {
				return true
			}
		}
	}
	return false
}
