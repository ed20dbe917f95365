package web

import (
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The limits by which boilerplate is told from the text of a page. They fit the
// pages of the tests and are not measured otherwise.
const (
	mainShare    = 0.2 // minimum share of a page's text for its <main> to be taken as the whole page
	articleShare = 0.4 // the same for its <article>s, which may be comments
	toldLoss     = 0.5 // share of a page's text; if more is left out, there is a warning
	linkShare    = 0.5 // maximum share of text in links for an <aside>; one with more is a menu
	formWords    = 30  // minimum number of letters per field for a <form> that wraps a page; one with fewer is a form to fill in
)

// boilerplate tells the text of a page from what every page of a site has, such as
// menus.
type boilerplate struct {
	sizes map[*nethtml.Node]size
}

// size says how much an element holds.
type size struct {
	text  int // number of letters and digits
	links int // number of letters and digits in links
	main  int // number of letters and digits outside menus and the like
	bytes int // number of bytes outside menus and the like, with one for each run of white space
	boxes int // number of fields to fill in
	heads int // number of elements that only a page has, and not a form to fill in, such as <h1>
}

// size returns the size of an element. It counts each element only once.
func (b boilerplate) size(n *nethtml.Node) size {
	if s, ok := b.sizes[n]; ok {
		return s
	}
	var s size
	switch {
	case n.Type == nethtml.TextNode:
		letters := lettersIn(n.Data)
		return size{text: letters, main: letters, bytes: collapsedLen(n.Data)}
	case n.Type == nethtml.ElementNode && isNoText(n):
		return s
	}
	for c := range n.ChildNodes() {
		in := b.size(c)
		s.text, s.links, s.main, s.boxes = s.text+in.text, s.links+in.links, s.main+in.main, s.boxes+in.boxes
		s.heads, s.bytes = s.heads+in.heads, s.bytes+in.bytes
	}
	switch n.DataAtom {
	case atom.A:
		s.links = s.text
	case atom.Input:
		if attribute(n, "type") != "hidden" {
			s.boxes++
		}
	case atom.Select, atom.Textarea:
		s.boxes++
	case atom.Main, atom.Article, atom.Section, atom.H1, atom.H2:
		s.heads++
	}
	b.sizes[n] = s
	if n.Type == nethtml.ElementNode && b.skipped(n) {
		s.main, s.bytes = 0, 0
		b.sizes[n] = s
	}
	return s
}

func lettersIn(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// collapsedLen returns the number of bytes of a text whose runs of white space are
// one byte each.
func collapsedLen(s string) int {
	n, inSpace := 0, false
	for _, r := range s {
		space := unicode.IsSpace(r)
		switch {
		case !space:
			n += utf8.RuneLen(r)
		case !inSpace:
			n++
		}
		inSpace = space
	}
	return n
}

// mainParts returns the <main> of a page, or else its <article>s without comments,
// or else the whole page. It skips <main> or <article>s that hold little of the
// page's text.
func (b boilerplate) mainParts(root *nethtml.Node) []*nethtml.Node {
	whole := b.size(root).main
	for _, kind := range []struct {
		is    func(*nethtml.Node) bool
		share float64
	}{
		{func(n *nethtml.Node) bool { return n.DataAtom == atom.Main || attribute(n, "role") == "main" }, mainShare},
		{func(n *nethtml.Node) bool { return n.DataAtom == atom.Article && !isComment(n) }, articleShare},
	} {
		parts, held := outermost(root, kind.is), 0
		for _, part := range parts {
			held += b.size(part).main
		}
		if len(parts) > 0 && float64(held) >= kind.share*float64(whole) {
			return parts
		}
	}
	return []*nethtml.Node{root}
}

// isComment reports whether an article is a comment that a reader left on a page.
func isComment(n *nethtml.Node) bool {
	for at := n; at != nil; at = at.Parent {
		name := strings.ToLower(attribute(at, "class") + " " + attribute(at, "id"))
		if strings.Contains(name, "comment") {
			return true
		}
	}
	return false
}

// isNoText reports whether a browser shows no text of an element, such as a script.
func isNoText(n *nethtml.Node) bool {
	switch n.DataAtom {
	case atom.Head, atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Svg, atom.Object, atom.Title:
		return true
	}
	for _, a := range n.Attr {
		if a.Key == "hidden" {
			return true
		}
	}
	return false
}

// skipped reports whether an element is not part of the text of the page.
func (b boilerplate) skipped(n *nethtml.Node) bool {
	if isNoText(n) {
		return true
	}
	role := attribute(n, "role")
	switch n.DataAtom {
	case atom.Nav, atom.Select, atom.Textarea:
		return true
	case atom.Aside:
		if isNote(n, role) {
			return false
		}
		s := b.size(n)
		return !inside(n, atom.Article, atom.Main) || float64(s.links) > linkShare*float64(s.text)
	case atom.Button:
		return !opens(n)
	case atom.Header, atom.Footer:
		// The header and footer of an article or a section hold its heading and its
		// notes. The header and footer of the page hold menus.
		return !inside(n, atom.Article, atom.Main, atom.Section)
	case atom.Form:
		// Some sites wrap the whole page in a form.
		s := b.size(n)
		return s.heads == 0 && s.text < formWords*s.boxes
	}
	return role == "navigation" || role == "search"
}

// isNote reports whether an aside belongs to the text, such as a footnote, a tip or
// a warning.
func isNote(n *nethtml.Node, role string) bool {
	if strings.HasPrefix(role, "doc-") || role == "note" || strings.Contains(attribute(n, "type"), "note") {
		return true
	}
	class := strings.ToLower(attribute(n, "class"))
	for _, word := range []string{"note", "admonition", "callout", "warning", "tip", "info", "important"} {
		if strings.Contains(class, word) {
			return true
		}
	}
	return false
}

// opens reports whether a button is the heading of a text that it opens and closes,
// such as a question above its answer.
func opens(n *nethtml.Node) bool {
	if inside(n, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Summary, atom.Dt) {
		return true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "aria-expanded", "aria-controls", "data-toggle", "data-bs-toggle", "data-target", "data-bs-target":
			return !inside(n, atom.Nav, atom.Header, atom.Form)
		}
	}
	return strings.Contains(strings.ToLower(attribute(n, "class")), "accordion")
}
