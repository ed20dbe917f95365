package office

import (
	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/numbering"
	"selfrag/retrieval/ingest/xmltext"
)

// docxLists holds the lists of a document, by the ids (numId) that paragraphs
// refer to.
type docxLists struct {
	levels   map[string][]numbering.Level
	abstract map[string]string             // the definition (abstractNumId) of each list; lists with the same one share a counter
	counters map[string]*numbering.Counter // by definition
	styled   map[string]map[string]int     // by definition and style, the level of paragraphs with the style
	anew     map[string]map[int]bool       // by list, the levels that it counts from the start although the counter is shared
}

type docxLevel struct {
	Level   int        `xml:"ilvl,attr"`
	Start   *docxValue `xml:"start"`
	Format  docxValue  `xml:"numFmt"`
	Other   docxValue  `xml:"AlternateContent>Choice>numFmt"`
	Text    docxValue  `xml:"lvlText"`
	Restart *docxValue `xml:"lvlRestart"`
	Legal   *docxValue `xml:"isLgl"`
	Style   docxValue  `xml:"pStyle"`
}

// level returns the level as package numbering takes it.
func (l docxLevel) level() numbering.Level {
	out := numbering.Level{Start: 0, Format: l.Format.Val, Text: l.Text.Val, Legal: l.Legal != nil && xmltext.IsOn(l.Legal.Val)}
	if l.Start != nil {
		out.Start = xmltext.Int(l.Start.Val)
	}
	if out.Format == "" {
		out.Format = "decimal"
	}
	if l.Restart != nil {
		if out.Restart = xmltext.Int(l.Restart.Val); out.Restart == 0 {
			out.Restart = -1
		}
	}
	return out
}

// docxNumbering reads the numbering part, which defines the lists.
func docxNumbering(a *archive.Archive, part string) (*docxLists, error) {
	var read struct {
		Abstract []struct {
			ID        string      `xml:"abstractNumId,attr"`
			StyleLink docxValue   `xml:"styleLink"`    // the style that this definition belongs to
			Style     docxValue   `xml:"numStyleLink"` // the style whose definition has the levels
			Levels    []docxLevel `xml:"lvl"`
		} `xml:"abstractNum"`
		Num []struct {
			ID        string    `xml:"numId,attr"`
			Abstract  docxValue `xml:"abstractNumId"`
			Overrides []struct {
				Level int        `xml:"ilvl,attr"`
				Start *docxValue `xml:"startOverride"`
				Own   *docxLevel `xml:"lvl"`
			} `xml:"lvlOverride"`
		} `xml:"num"`
	}
	if err := a.DecodeXML(part, &read); err != nil {
		return nil, err
	}
	levelsOf, ofStyle, linked := map[string][]numbering.Level{}, map[string]string{}, map[string]string{}
	styled := map[string]map[string]int{}
	for _, abstract := range read.Abstract {
		var levels []numbering.Level
		styled[abstract.ID] = map[string]int{}
		for _, l := range abstract.Levels {
			levels = numbering.SetLevel(levels, l.Level, l.level())
			if l.Style.Val != "" {
				styled[abstract.ID][l.Style.Val] = l.Level
			}
		}
		levelsOf[abstract.ID] = levels
		if abstract.StyleLink.Val != "" {
			ofStyle[abstract.StyleLink.Val] = abstract.ID
		}
		if abstract.Style.Val != "" {
			linked[abstract.ID] = abstract.Style.Val
		}
	}
	d := &docxLists{map[string][]numbering.Level{}, map[string]string{}, map[string]*numbering.Counter{}, styled, map[string]map[int]bool{}}
	for _, num := range read.Num {
		abstract := num.Abstract.Val
		if style := linked[abstract]; style != "" && ofStyle[style] != "" {
			abstract = ofStyle[style]
		}
		levels := append([]numbering.Level(nil), levelsOf[abstract]...)
		for _, o := range num.Overrides {
			if o.Own != nil {
				levels = numbering.SetLevel(levels, o.Level, o.Own.level())
			}
			if o.Start != nil && o.Level >= 0 && o.Level < len(levels) {
				levels[o.Level].Start = xmltext.Int(o.Start.Val)
				if d.anew[num.ID] == nil {
					d.anew[num.ID] = map[int]bool{}
				}
				d.anew[num.ID][o.Level] = true
			}
		}
		d.levels[num.ID], d.abstract[num.ID] = levels, abstract
	}
	return d, nil
}

// next returns what Word prints before the next paragraph of a list, such as "3.".
func (d *docxLists) next(num string, level int) string {
	if d == nil || d.levels[num] == nil {
		return ""
	}
	abstract := d.abstract[num]
	counter := d.counters[abstract]
	if counter == nil {
		counter = &numbering.Counter{}
		d.counters[abstract] = counter
	}
	for l := range d.anew[num] { // only before the first paragraph of the list
		counter.Restart(l)
	}
	delete(d.anew, num)
	return counter.Next(d.levels[num], level)
}

// levelOf returns the level of a list that is tied to a style, or usual if none is.
func (d *docxLists) levelOf(num, style string, usual int) int {
	if d == nil {
		return usual
	}
	if level, ok := d.styled[d.abstract[num]][style]; ok {
		return level
	}
	return usual
}
