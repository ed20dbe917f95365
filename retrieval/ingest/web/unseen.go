package web

import (
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"selfrag/retrieval/ingest/content"
)

// unseen reports whether an element's own style attribute hides its text from
// people. Style sheets are not read.
func (p *pageText) unseen(n *nethtml.Node) bool {
	color, background := "", ""
	if n.DataAtom == atom.Font {
		color = plainColour(attribute(n, "color"))
	}
	for declaration := range strings.SplitSeq(strings.ToLower(attribute(n, "style")), ";") {
		property, value, _ := strings.Cut(declaration, ":")
		value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
		switch strings.TrimSpace(property) {
		case "display":
			if value == "none" {
				return true
			}
		case "visibility":
			if value == "hidden" || value == "collapse" {
				return true
			}
		case "opacity", "font-size":
			if number := strings.TrimRight(value, "abcdefghijklmnopqrstuvwxyz%"); strings.Trim(number, "0.") == "" && number != "" {
				return true
			}
		case "text-indent", "left", "top":
			if strings.HasPrefix(value, "-") && len(strings.TrimRight(value, "abcdefghijklmnopqrstuvwxyz%")) >= len("-999") {
				return true
			}
		case "color":
			color = plainColour(value)
		case "background", "background-color":
			background = plainColour(value)
		}
	}
	switch color {
	case "":
		return false
	case "transparent":
		return true
	case "white":
		return background == "white" || background == "" && !p.darkened(n)
	}
	return color == background
}

// darkened reports whether an element around n has a background of its own. It
// keeps the result for each element, because many small elements may be inside one
// with a long style.
func (p *pageText) darkened(n *nethtml.Node) bool {
	around := n.Parent
	if around == nil {
		return false
	}
	dark, known := p.grounds[around]
	if !known {
		style := strings.ToLower(attribute(around, "style"))
		dark = strings.Contains(style, "background") || attribute(around, "bgcolor") != "" || p.darkened(around)
		p.grounds[around] = dark
	}
	return dark
}

// plainColour returns a colour of CSS in lower case, and "white" or "transparent"
// for the other ways to write these two.
func plainColour(value string) string {
	value = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(value)), " ", "")
	switch {
	case slices.Contains([]string{"#fff", "#ffffff", "#ffff", "#ffffffff", "rgb(255,255,255)", "rgba(255,255,255,1)", "hsl(0,0%,100%)"}, value):
		return "white"
	case strings.HasPrefix(value, "rgba(") && strings.HasSuffix(value, ",0)"):
		return "transparent"
	}
	return value
}

// hide marks the text written since an offset as hidden.
func (p *pageText) hide(since int) {
	if p.out.Runes() > since {
		p.hidden = append(p.hidden, content.Span{Start: since, End: p.out.Runes()})
	}
}
