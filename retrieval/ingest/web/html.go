package web

import (
	"context"
	"fmt"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/xmltext"
)

// HTML reads a page: the text of its main part, if it marks one, without menus and
// scripts. Paragraphs are separated by an empty line. Each row of a table is a
// line, with " | " between its cells. The title is that of the page, or else the
// first h1. Text that its own element's style attribute hides is marked. If much
// of the page was left out, a warning says so.
func HTML(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	root, warnings, err := parsePage(raw)
	if err != nil {
		return content.Content{}, err
	}
	c, err := pageContent(ctx, root, maxBytes)
	c.Warnings = append(warnings, c.Warnings...)
	return c, err
}

// XHTML reads a page that is XML, as in EPUB. A page that is not well-formed is
// read as HTML.
func XHTML(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	root, err := parseXHTML(raw)
	if err != nil {
		text, err := xmltext.UTF8(raw)
		if err != nil {
			return content.Content{}, err
		}
		return HTML(ctx, text, maxBytes)
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
	root, err := nethtml.Parse(decoded)
	if err != nil {
		return nil, nil, fmt.Errorf("parse HTML: %w", err)
	}
	return root, warnings, nil
}

func pageContent(ctx context.Context, root *nethtml.Node, maxBytes int64) (content.Content, error) {
	p := pageText{ctx: ctx, most: maxBytes, grounds: map[*nethtml.Node]bool{}}
	b := boilerplate{sizes: map[*nethtml.Node]size{}}
	p.skipped = b.skipped
	parts, length := b.mainParts(root), 0
	for _, part := range parts {
		length += b.size(part).bytes
	}
	p.out.Grow(length) // a text of many megabytes would be copied ten times while it grows
	for _, part := range parts {
		p.node(part)
		p.breakLines(2)
	}
	if ctx.Err() != nil {
		return content.Content{}, context.Cause(ctx)
	}
	if p.out.Len() == 0 { // everything was taken for a menu or a form, so read all but <nav>
		p.skipped = func(n *nethtml.Node) bool { return isNoText(n) || n.DataAtom == atom.Nav }
		p.node(root)
	}
	if p.err != nil {
		return content.Content{}, p.err
	}
	c := content.Content{Title: titleOf(root), Text: p.out.String(), Headings: p.headings, Hidden: p.hidden, Leads: p.leads}
	if all, left := b.size(root).text, lettersIn(c.Text); all > 0 && float64(left) < (1-toldLoss)*float64(all) {
		c.Warn("%d %% of the page was left out as menus, forms and what is beside its main part", 100-100*left/all)
	}
	return c, nil
}

// outermost returns the elements that meet a condition. It does not look inside an
// element that does.
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

// textOf returns the text in an element as a name: on one line, and cut if it is
// long.
func textOf(n *nethtml.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if b.Len() > 16*content.MaxName { // each of many nested headings may hold the rest of the page
			break
		}
		if d.Type == nethtml.TextNode {
			b.WriteString(d.Data)
		}
	}
	return content.Name(b.String())
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
