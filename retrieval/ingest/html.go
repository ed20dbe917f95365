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
//
// go-shiori/go-readability was weighed: it guesses the main part by scoring
// what looks like an article, while a page of a handbook must keep its short
// parts and every row of its tables.
func html(ctx context.Context, raw []byte, _ int64) (content, error) {
	decoded, err := decodeHTML(raw)
	if err != nil {
		return content{}, err
	}
	root, err := nethtml.Parse(strings.NewReader(decoded))
	if err != nil {
		return content{}, fmt.Errorf("parse HTML: %w", err)
	}
	p := pageText{ctx: ctx, grounds: map[*nethtml.Node]bool{}}
	for _, part := range mainParts(root) {
		p.node(part)
		p.breakLines(2)
	}
	if ctx.Err() != nil {
		return content{}, context.Cause(ctx)
	}
	return content{title: titleOf(root), text: p.out.String(), headings: p.headings, hidden: p.hidden}, nil
}

// mainParts are the <main> of a page, else its <article>s, else all of it.
func mainParts(root *nethtml.Node) []*nethtml.Node {
	for _, is := range []func(*nethtml.Node) bool{
		func(n *nethtml.Node) bool { return n.DataAtom == atom.Main || attribute(n, "role") == "main" },
		func(n *nethtml.Node) bool { return n.DataAtom == atom.Article },
	} {
		if parts := outermost(root, is); len(parts) > 0 {
			return parts
		}
	}
	return []*nethtml.Node{root}
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

// skipped tells whether an element is no part of what the page says.
func skipped(n *nethtml.Node) bool {
	switch n.DataAtom {
	case atom.Head, atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Svg, atom.Object,
		atom.Nav, atom.Aside, atom.Button, atom.Select, atom.Textarea:
		return true
	case atom.Header, atom.Footer:
		// Those of an article hold its heading and its notes; those of the
		// page hold menus.
		return !inside(n, atom.Article, atom.Main)
	case atom.Form:
		// Some sites wrap the whole page in a form.
		return len(outermost(n, isContent)) == 0
	}
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "role" && (a.Val == "navigation" || a.Val == "search") {
			return true
		}
	}
	return false
}

// isContent tells elements that a page has and a form to fill in has not.
func isContent(n *nethtml.Node) bool {
	switch n.DataAtom {
	case atom.Main, atom.Article, atom.Section, atom.H1, atom.H2:
		return true
	}
	return false
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
