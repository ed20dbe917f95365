package ingest

import (
	"strconv"
)

// docxLists are the lists of a document, by the ids that paragraphs give.
type docxLists struct {
	levels   map[string][]listLevel
	abstract map[string]string // lists of one kind go on counting
	counters map[string]*listCounter
	styled   map[string]map[string]int // levels by the styles that have them
	anew     map[string]map[int]bool   // levels that a list begins anew, of those of its kind
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

func (l docxLevel) level() listLevel {
	out := listLevel{start: 0, format: l.Format.Val, text: l.Text.Val, legal: l.Legal != nil && on(l.Legal.Val)}
	if l.Start != nil {
		out.start = atoi(l.Start.Val)
	}
	if out.format == "" {
		out.format = "decimal"
	}
	if l.Restart != nil {
		if out.restart = atoi(l.Restart.Val); out.restart == 0 {
			out.restart = -1
		}
	}
	return out
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// docxNumbering reads how lists are numbered.
func docxNumbering(a *archive, part string) (*docxLists, error) {
	var read struct {
		Abstract []struct {
			ID        string      `xml:"abstractNumId,attr"`
			StyleLink docxValue   `xml:"styleLink"`    // it is that of a style
			Style     docxValue   `xml:"numStyleLink"` // its levels are those of a style
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
	if err := a.decodeXML(part, &read); err != nil {
		return nil, err
	}
	levelsOf, ofStyle, linked := map[string][]listLevel{}, map[string]string{}, map[string]string{}
	styled := map[string]map[string]int{}
	for _, abstract := range read.Abstract {
		var levels []listLevel
		styled[abstract.ID] = map[string]int{}
		for _, l := range abstract.Levels {
			levels = setLevel(levels, l.Level, l.level())
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
	d := &docxLists{map[string][]listLevel{}, map[string]string{}, map[string]*listCounter{}, styled, map[string]map[int]bool{}}
	for _, num := range read.Num {
		abstract := num.Abstract.Val
		if style := linked[abstract]; style != "" && ofStyle[style] != "" {
			abstract = ofStyle[style]
		}
		levels := append([]listLevel(nil), levelsOf[abstract]...)
		for _, o := range num.Overrides {
			if o.Own != nil {
				levels = setLevel(levels, o.Level, o.Own.level())
			}
			if o.Start != nil && o.Level >= 0 && o.Level < len(levels) {
				levels[o.Level].start = atoi(o.Start.Val)
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

func setLevel(levels []listLevel, at int, level listLevel) []listLevel {
	if at < 0 || at > 8 {
		return levels
	}
	for len(levels) <= at {
		levels = append(levels, listLevel{start: 1, format: "none"})
	}
	levels[at] = level
	return levels
}

// next is what Word prints before the next paragraph of a list.
func (d *docxLists) next(num string, level int) string {
	if d == nil || d.levels[num] == nil {
		return ""
	}
	abstract := d.abstract[num]
	counter := d.counters[abstract]
	if counter == nil {
		counter = &listCounter{}
		d.counters[abstract] = counter
	}
	for l := range d.anew[num] { // once
		if l < len(counter.begun) {
			counter.begun[l] = false
		}
	}
	delete(d.anew, num)
	return counter.next(d.levels[num], level)
}

// levelOf is the level of a list that a style has.
func (d *docxLists) levelOf(num, style string, usual int) int {
	if d == nil {
		return usual
	}
	if level, ok := d.styled[d.abstract[num]][style]; ok {
		return level
	}
	return usual
}
