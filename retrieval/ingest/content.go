package ingest

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// content is what a file says, and where in its text what stands. Offsets
// count runes of the text and grow.
type content struct {
	title    string // may be empty
	text     string
	headings []heading
	pages    []page
	units    []span // parts that are cut each for itself; nil: the whole text
	hidden   []span // what its style hides from readers; it is part of the text
	rows     bool   // units are rows of a table, below one of headers
}

// heading is where a section of the text begins.
type heading struct {
	start int
	level int // 1 is the highest
	text  string
}

// page is where a page begins.
type page struct{ start, number int }

// outline knows the path of headings at each offset.
type outline struct {
	headings []heading
	above    []int // the heading that each one is below, -1 at the top
}

// outline reads the headings once: a document can have as many as passages,
// and none of the highest level.
func (c content) outline() outline {
	o := outline{c.headings, make([]int, len(c.headings))}
	for i, h := range c.headings {
		above := i - 1
		for above >= 0 && c.headings[above].level >= h.level {
			above = o.above[above]
		}
		o.above[i] = above
	}
	return o
}

// path is the path of headings at an offset, such as "Leave > Parental leave";
// empty above the first one.
func (o outline) path(at int) string {
	n := sort.Search(len(o.headings), func(i int) bool { return o.headings[i].start > at })
	var path []string
	for i := n - 1; i >= 0; i = o.above[i] {
		if text := o.headings[i].text; text != "" {
			path = append(path, text)
		}
	}
	slices.Reverse(path)
	return strings.Join(path, " > ")
}

// pageAt is the number of the page that an offset is on, 0 if there are none.
func (c content) pageAt(at int) int {
	n := sort.Search(len(c.pages), func(i int) bool { return c.pages[i].start > at })
	if n == 0 {
		return 0
	}
	return c.pages[n-1].number
}

// rowAt is the number of the row at an offset, the first below the headers
// being 1; 0 if there are none.
func (c content) rowAt(at int) int {
	if !c.rows {
		return 0
	}
	return sort.Search(len(c.units), func(i int) bool { return c.units[i].start > at })
}

// writer of a text that knows how many runes it has written.
type textBuilder struct {
	strings.Builder
	runes int
}

func (b *textBuilder) write(s string) {
	b.WriteString(s)
	b.runes += utf8.RuneCountInString(s)
}
