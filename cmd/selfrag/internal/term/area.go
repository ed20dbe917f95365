package term

import (
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
)

// area is a part at the bottom of a terminal's screen that can be redrawn.
type area struct {
	w     io.Writer
	style Style
	size  func() (columns, rows int)
	text  strings.Builder // all text written so far
	drawn []string        // rows of the area that are on the screen
}

// newArea returns an area below the current content of a terminal.
func newArea(w io.Writer) *area {
	w = Raw(w)
	return &area{w: w, style: StyleFor(w), size: func() (int, int) {
		columns, rows, ok := sizeOf(w)
		if !ok {
			return 80, 24
		}
		return columns, rows
	}}
}

// hanging is the indentation of the rows of a line that is too long for one
// row.
const hanging = "    "

// mostRows is the maximum number of rows of an area.
const mostRows = 12

// Write appends p to the text and shows the end of the text. If the last line
// alone has too many rows, Write shows its first row above its end, because the
// first row says what the line is about.
func (a *area) Write(p []byte) (int, error) {
	a.text.WriteString(strings.ReplaceAll(Printable(string(p)), "\t", " "))
	columns, rows := a.size()
	columns-- // some terminals wrap a line that ends in the last column
	var lines []string
	first := 0 // index of the last line's first row
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

// fold removes the area and leaves one line in its place, or nothing if line is
// empty.
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

// draw replaces the rows on the screen in a single write, so that nothing
// flickers.
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

// height returns the number of rows that the drawn lines take now. A terminal
// that became narrower has wrapped them.
func (a *area) height() int {
	columns, _ := a.size()
	height := 0
	for _, line := range a.drawn {
		height += max(1, (uniseg.StringWidth(line)+columns-1)/columns)
	}
	return height
}
