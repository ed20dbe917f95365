package term

import (
	"fmt"
	"strings"

	"github.com/rivo/uniseg"
)

// node is a line of the tree with the nodes below it. A long line is wrapped,
// or shortened if cut is set.
type node struct {
	text     string
	cut      bool
	children []*node
}

func (n *node) add(format string, args ...any) *node {
	child := &node{text: fmt.Sprintf(format, args...)}
	n.children = append(n.children, child)
	return child
}

// narrowest is the minimum width of a text, however deep in the tree it is.
const narrowest = 20

// draw writes the node and the nodes below it. first is the prefix of its first
// line, and rest is the prefix of the other lines.
func (n *node) draw(b *strings.Builder, first, rest string, columns int) {
	hang := rest
	if len(n.children) > 0 {
		hang += "│ "
	}
	text := OneLine(n.text)
	width := max(narrowest, columns-uniseg.StringWidth(hang))
	lines := []string{clip(text, width)}
	if !n.cut {
		lines = wrap(text, width)
	}
	for i, line := range lines {
		lead := first
		if i > 0 {
			lead = hang
		}
		b.WriteString(lead + line + "\n")
	}
	for i, child := range n.children {
		if i == len(n.children)-1 {
			child.draw(b, rest+"└─ ", rest+"   ", columns)
		} else {
			child.draw(b, rest+"├─ ", rest+"│  ", columns)
		}
	}
}
