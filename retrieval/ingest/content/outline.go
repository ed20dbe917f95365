package content

import (
	"slices"
	"sort"
	"strings"
)

// Outline finds the path of headings at each offset.
type Outline struct {
	headings []Heading
	above    []int // for each heading, the index of the heading that it is under, or -1
}

// Outline returns the outline of the headings. It finds the parent of each heading
// only once, and not for each passage. Otherwise a document with as many headings
// as passages could take time that grows with the square of their number.
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

// Path returns the headings that an offset is under, such as
// "Leave > Parental leave". It returns "" above the first heading.
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
