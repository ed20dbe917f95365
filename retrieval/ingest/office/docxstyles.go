package office

import (
	"cmp"
	"strconv"
	"strings"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/xmltext"
)

// docxStyle is what a style tells of the text that has it.
type docxStyle struct {
	level int // of a heading; 0: it is none
	look  docxFormat
	list  string // that numbers its paragraphs
	depth int    // in the list
}

type docxValue struct {
	Val string `xml:"val,attr"`
}

// docxStyles are the styles of a document by their ids.
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
			Parts   []docxFill  `xml:"tblStylePr>tcPr>shd"` // such as of the first row
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
	// A style of the author's own, such as one for chapters, often builds on a
	// heading.
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

// outlineLevel reads an outline level: 0 to 8 are headings, 9 is none.
func outlineLevel(val string) int {
	if n, err := strconv.Atoi(val); err == nil && n >= 0 && n < 9 {
		return n + 1
	}
	return 0
}
