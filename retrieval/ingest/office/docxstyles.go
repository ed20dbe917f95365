package office

import (
	"cmp"
	"strconv"
	"strings"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/xmltext"
)

// docxStyle holds what a style says about its text.
type docxStyle struct {
	level int // level of the heading, from 1; 0 if it is no heading
	look  docxFormat
	list  string // the list that numbers its paragraphs; empty if there is none
	depth int    // level in the list, from 0
}

// docxValue is an element whose value is in the attribute val.
type docxValue struct {
	Val string `xml:"val,attr"`
}

// docxStyles reads the styles of a document and returns them by their ids.
func docxStyles(a *archive.Archive, part string) (map[string]docxStyle, error) {
	var read struct {
		Style []struct {
			ID      string      `xml:"styleId,attr"`
			Name    docxValue   `xml:"name"`
			BasedOn docxValue   `xml:"basedOn"`
			Level   *docxValue  `xml:"pPr>outlineLvl"`
			List    docxValue   `xml:"pPr>numPr>numId"`
			Depth   docxValue   `xml:"pPr>numPr>ilvl"`
			Vanish  *docxValue  `xml:"rPr>vanish"`
			Colour  *docxColour `xml:"rPr>color"`
			Shading []docxFill  `xml:"pPr>shd"`
			Run     []docxFill  `xml:"rPr>shd"`
			Table   []docxFill  `xml:"tblPr>shd"`
			Cell    []docxFill  `xml:"tcPr>shd"`
			Parts   []docxFill  `xml:"tblStylePr>tcPr>shd"` // formats of parts of a table, such as its first row
		} `xml:"style"`
	}
	if err := a.DecodeXML(part, &read); err != nil {
		return nil, err
	}
	styles, basedOn := map[string]docxStyle{}, map[string]string{}
	isLevel := map[string]bool{}
	for _, s := range read.Style {
		style := docxStyle{list: s.List.Val, depth: xmltext.Int(s.Depth.Val)}
		name := strings.ToLower(s.Name.Val)
		rest, isHeading := strings.CutPrefix(name, "heading ")
		isLevel[s.ID] = true
		switch n, err := strconv.Atoi(rest); {
		case s.Level != nil:
			style.level = outlineLevel(s.Level.Val)
		case name == "title":
			style.level = 1
		case isHeading && err == nil && n >= 1 && n <= 9:
			style.level = n
		default:
			isLevel[s.ID] = false
		}
		if s.Vanish != nil {
			style.look.vanish = new(xmltext.IsOn(s.Vanish.Val))
		}
		if s.Colour != nil {
			style.look.white = new(s.Colour.white())
		}
		for _, fills := range [][]docxFill{s.Table, s.Cell, s.Shading, s.Run, s.Parts} {
			for _, fill := range fills {
				style.look.shaded = cmp.Or(fill.shaded(), style.look.shaded)
			}
		}
		styles[s.ID] = style
		basedOn[s.ID] = s.BasedOn.Val
	}
	// A style inherits what it does not say itself. A style made by the author,
	// such as one for chapters, is often based on a heading.
	out := map[string]docxStyle{}
	for id, style := range styles {
		above := styles[basedOn[id]]
		if !isLevel[id] {
			style.level = above.level
		}
		if style.list == "" {
			style.list, style.depth = above.list, above.depth
		}
		style.look = style.look.over(above.look)
		out[id] = style
	}
	return out, nil
}

// outlineLevel returns the level of a heading, from 1, for an outline level of
// Word. Outline levels 0 to 8 are headings. It returns 0 for any other value.
func outlineLevel(val string) int {
	if n, err := strconv.Atoi(val); err == nil && n >= 0 && n < 9 {
		return n + 1
	}
	return 0
}
