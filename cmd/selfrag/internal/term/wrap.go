package term

import (
	"strings"

	"github.com/rivo/uniseg"
)

// wrap cuts a text of one line into lines of at most so many columns: at
// spaces, in Korean too, and within a word that is longer than a line. A line
// has one letter at least, however narrow. There is always a line.
func wrap(text string, columns int) []string {
	var lines []string
	line, width := "", 0
	flush := func() {
		lines = append(lines, line)
		line, width = "", 0
	}
	for _, word := range strings.Fields(text) {
		if width > 0 && width+1+uniseg.StringWidth(word) > columns {
			flush()
		}
		if width > 0 {
			line += " "
			width++
		}
		for letters := uniseg.NewGraphemes(word); letters.Next(); {
			if width > 0 && width+letters.Width() > columns {
				flush()
			}
			line += letters.Str()
			width += letters.Width()
		}
	}
	if line != "" || len(lines) == 0 {
		flush()
	}
	return lines
}
