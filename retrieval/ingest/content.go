package ingest

import (
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

// headingPath is the path of headings at an offset, such as "Leave > Parental
// leave"; empty above the first one.
func (c content) headingPath(at int) string {
	n := sort.Search(len(c.headings), func(i int) bool { return c.headings[i].start > at })
	var path []string
	level := 1 << 10
	for i := n - 1; i >= 0 && level > 1; i-- {
		if h := c.headings[i]; h.level < level {
			level = h.level
			if h.text != "" {
				path = append(path, h.text)
			}
		}
	}
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
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
