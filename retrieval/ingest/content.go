package ingest

import (
	"fmt"
	"maps"
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
	units    []span         // parts that are cut each for itself; nil: the whole text
	hidden   []span         // what its style hides from readers; it is part of the text
	places   []place        // where else in the file, such as on a slide; they grow
	leads    []lead         // what is said again wherever a long table or row is cut
	cuts     []int          // where leads are said again, and where their parts begin and end
	metadata map[string]any // what the file says of itself, such as a front matter
	warnings []string       // what is in the file and not in here
}

// place is metadata of the text from an offset up to the next place. It is not
// changed once it is here, so places may share it.
type place struct {
	start    int
	metadata map[string]any
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

// placeAt is the metadata of the place at an offset; nil before the first.
func (c content) placeAt(at int) map[string]any {
	n := sort.Search(len(c.places), func(i int) bool { return c.places[i].start > at })
	if n == 0 {
		return nil
	}
	return c.places[n-1].metadata
}

// warn notes something that is in the file and not in the content. Beyond
// maxWarnings of them, one says that there are more.
func (c *content) warn(format string, args ...any) { c.warnings = warned(c.warnings, format, args...) }

// tellLeftOut notes how many things of a kind have no text here.
func (c *content) tellLeftOut(where string, counts map[string]int) {
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		switch n := counts[kind]; {
		case n == 1:
			all = append(all, "1 "+kind)
		case n > 1:
			all = append(all, fmt.Sprintf("%d %ss", n, kind))
		}
	}
	if len(all) > 0 {
		c.warn("%sleft out: %s", where, strings.Join(all, ", "))
	}
}

// maxWarnings is how many warnings a document has at most: a file can be
// broken in each of its parts.
const maxWarnings = 20

func warned(warnings []string, format string, args ...any) []string {
	switch {
	case len(warnings) < maxWarnings:
		return append(warnings, fmt.Sprintf(format, args...))
	case len(warnings) == maxWarnings:
		return append(warnings, "and more of the kind")
	}
	return warnings
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
