package content

import (
	"slices"
	"sort"
	"strings"
)

// Outline finds the path of headings at each offset.
type Outline struct {
	headings []Heading
	above    []int // the heading that each one is below, -1 at the top
}

// Outline returns the outline of the headings. It goes through them once,
// because a document can have as many headings as passages, and none of the
// highest level.
func (c Content) Outline() Outline {
	o := Outline{c.Headings, make([]int, len(c.Headings))}
	for i, h := range c.Headings {
		above := i - 1
		for above >= 0 && c.Headings[above].Level >= h.Level {
			above = o.above[above]
		}
		o.above[i] = above
	}
	return o
}

// Path returns the headings that an offset is below, such as
// "Leave > Parental leave". It is empty above the first heading.
func (o Outline) Path(at int) string {
	n := sort.Search(len(o.headings), func(i int) bool { return o.headings[i].Start > at })
	var path []string
	for i := n - 1; i >= 0; i = o.above[i] {
		if text := o.headings[i].Text; text != "" {
			path = append(path, text)
		}
	}
	slices.Reverse(path)
	return strings.Join(path, " > ")
}
