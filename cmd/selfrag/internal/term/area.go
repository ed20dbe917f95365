package term

import (
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
)

// area is the end of a terminal's screen that is drawn over.
type area struct {
	w     io.Writer
	style Style
	size  func() (columns, rows int)
	text  strings.Builder // all that was written to it
	drawn []string        // the rows on the screen
}

// newArea is an area below what a terminal shows.
func newArea(w io.Writer) *area {
	return &area{w: w, style: StyleFor(w), size: func() (int, int) {
		columns, rows, ok := sizeOf(w)
		if !ok {
			return 80, 24
		}
		return columns, rows
	}}
}

// hanging stands before the lines of a step that takes more than one.
const hanging = "    "

// mostRows is how many rows of steps are shown at once.
const mostRows = 12

// Write shows the end of what was written. A line that is longer than all that
// is shown keeps its beginning, which says what it is.
func (a *area) Write(p []byte) (int, error) {
	a.text.WriteString(strings.ReplaceAll(Printable(string(p)), "\t", " "))
	columns, rows := a.size()
	columns-- // some terminals wrap a line that ends in the last one
	var lines []string
	first := 0 // row of the last line
	for line := range strings.Lines(a.text.String()) {
		first = len(lines)
		line = strings.TrimSuffix(line, "\n")
		if uniseg.StringWidth(line) <= columns {
			lines = append(lines, line)
			continue
		}
		for _, part := range wrap(line, columns-len(hanging)) {
			lines = append(lines, hanging+part)
		}
	}
	most := max(1, min(mostRows, rows-2))
	hidden := max(0, len(lines)-most)
	shown := lines[hidden:]
	if first < hidden && most > 2 {
		shown = append([]string{lines[first], hanging + "…"}, shown[2:]...)
	}
	return len(p), a.draw(shown)
}

// fold takes the area away and leaves one line in its place, if any.
func (a *area) fold(line string) {
	a.text.Reset()
	if line == "" {
		_ = a.draw(nil)
		return
	}
	columns, _ := a.size()
	_ = a.draw([]string{clip(line, columns-1)})
	a.drawn = nil
}

// draw writes rows over those that are on the screen, in one write, so that
// nothing flickers.
func (a *area) draw(lines []string) error {
	var b strings.Builder
	if up := a.height(); up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	b.WriteString("\r\x1b[J")
	for _, line := range lines {
		b.WriteString(a.style.dim(line) + "\n")
	}
	a.drawn = lines
	_, err := io.WriteString(a.w, b.String())
	return err
}

// height is how many rows the drawn lines take now: a terminal that was made
// narrower has wrapped them.
func (a *area) height() int {
	columns, _ := a.size()
	height := 0
	for _, line := range a.drawn {
		height += max(1, (uniseg.StringWidth(line)+columns-1)/columns)
	}
	return height
}
