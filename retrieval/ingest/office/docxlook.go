package office

import (
	"cmp"
	"encoding/xml"
	"strings"

	"selfrag/retrieval/ingest/xmltext"
)

// docxFormat holds what a style or a run says about the look of its text: whether
// it is hidden, white, or shaded. A field is nil if nothing is said.
type docxFormat struct{ vanish, white, shaded *bool }

// over returns f with the missing fields taken from below.
func (f docxFormat) over(below docxFormat) docxFormat {
	return docxFormat{cmp.Or(f.vanish, below.vanish), cmp.Or(f.white, below.white), cmp.Or(f.shaded, below.shaded)}
}

type docxColour struct {
	Val   string `xml:"val,attr"`
	Theme string `xml:"themeColor,attr"`
}

// white reports whether a colour is the white of the paper.
func (c docxColour) white() bool {
	return strings.EqualFold(c.Val, "FFFFFF") || (c.Val == "" || c.Val == "auto") && (c.Theme == "background1" || c.Theme == "light1")
}

type docxFill struct {
	Val   string `xml:"val,attr"` // pattern, such as "solid"
	Fill  string `xml:"fill,attr"`
	Theme string `xml:"themeFill,attr"`
	Ink   string `xml:"color,attr"` // colour of the pattern
}

// shaded reports whether white text on the fill can be read. It returns nil if
// there is no fill, because the fill below then shows.
func (f docxFill) shaded() *bool {
	fill := f.Fill
	if f.Val == "solid" {
		fill = cmp.Or(f.Ink, "000000")
	}
	switch {
	case strings.EqualFold(fill, "FFFFFF"):
		return new(false)
	case fill != "" && fill != "auto" || f.Theme != "" || f.Val == "solid":
		return new(true)
	}
	return nil
}

// docxLooks tracks how the current text looks, from the elements around it.
type docxLooks struct {
	frames []docxFrame
	mark   bool // inside the properties of a paragraph mark, which apply to no text
}

// docxFrame is an element that has a look: a table, a cell, a paragraph, a box.
type docxFrame struct {
	own   docxFormat
	run   docxFormat // format of the current run in it
	inRun bool
	box   bool // inside a drawing, whose fill is not known
}

// top returns the innermost element that has a look.
func (l *docxLooks) top() *docxFrame {
	if len(l.frames) == 0 {
		l.frames = append(l.frames, docxFrame{})
	}
	return &l.frames[len(l.frames)-1]
}

// hide reports whether people cannot see the current text: it is formatted as
// hidden, or it is white without a shading.
func (l *docxLooks) hide() bool {
	top := l.top()
	look := top.run.over(top.own)
	told := func(b *bool) bool { return b != nil && *b }
	return told(look.vanish) || told(look.white) && !told(look.shaded) && !top.box
}

func (l *docxLooks) start(t xml.StartElement, styles map[string]docxStyle) {
	top := l.top()
	switch t.Name.Local {
	case "p", "tbl", "tc", "txbxContent":
		inner := docxFrame{own: docxFormat{shaded: top.own.shaded}, box: top.box || t.Name.Local == "txbxContent"}
		l.frames = append(l.frames, inner)
	case "r":
		top.run, top.inRun = docxFormat{}, true
	case "rPr":
		l.mark = !top.inRun
	case "pStyle", "tblStyle":
		top.own = styles[xmltext.Attribute(t, "val")].look.over(top.own)
	case "shd":
		fill := docxFill{xmltext.Attribute(t, "val"), xmltext.Attribute(t, "fill"), xmltext.Attribute(t, "themeFill"), xmltext.Attribute(t, "color")}.shaded()
		switch {
		case top.inRun:
			top.run.shaded = cmp.Or(fill, top.run.shaded)
		case !l.mark:
			top.own.shaded = cmp.Or(fill, top.own.shaded)
		}
	}
	if !top.inRun {
		return
	}
	switch t.Name.Local {
	case "rStyle": // properties of the run itself take precedence, and follow later
		top.run = top.run.over(styles[xmltext.Attribute(t, "val")].look)
	case "vanish":
		top.run.vanish = new(xmltext.IsOn(xmltext.Attribute(t, "val")))
	case "color":
		top.run.white = new(docxColour{xmltext.Attribute(t, "val"), xmltext.Attribute(t, "themeColor")}.white())
	case "highlight":
		if colour := xmltext.Attribute(t, "val"); colour != "none" {
			top.run.shaded = new(colour != "white")
		}
	}
}

func (l *docxLooks) end(name string) {
	switch name {
	case "p", "tbl", "tc", "txbxContent":
		l.frames = l.frames[:max(len(l.frames)-1, 0)]
	case "r":
		l.top().run, l.top().inRun = docxFormat{}, false
	case "rPr":
		l.mark = false
	}
}
