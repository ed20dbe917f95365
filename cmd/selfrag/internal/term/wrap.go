package term

import (
	"strings"

	"github.com/rivo/uniseg"
)

// wrap breaks a line of text into lines of at most the given number of columns.
// It breaks at spaces, also in Korean, and within words that are longer than a
// line. Each line has at least one letter, even if the letter is too wide for
// the line. wrap always returns at least one line.
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
