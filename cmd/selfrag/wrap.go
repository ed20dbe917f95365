package main

import "github.com/rivo/uniseg"

// wrap cuts a text of one line into lines of at most so many columns, where
// Unicode allows a line to break; within a word that is longer. A line has one
// cluster at least, however narrow. There is always a line.
func wrap(text string, columns int) []string {
	var lines []string
	line, width := "", 0
	flush := func() {
		lines = append(lines, trimEnd(line))
		line, width = "", 0
	}
	for state := -1; len(text) > 0; {
		var segment string
		segment, text, _, state = uniseg.FirstLineSegmentInString(text, state)
		if width > 0 && width+uniseg.StringWidth(trimEnd(segment)) > columns {
			flush()
		}
		for clusters := uniseg.NewGraphemes(segment); clusters.Next(); {
			if w := clusters.Width(); width > 0 && width+w > columns {
				if clusters.Str() == " " {
					continue
				}
				flush()
			}
			line += clusters.Str()
			width += clusters.Width()
		}
	}
	if line != "" || len(lines) == 0 {
		flush()
	}
	return lines
}

func trimEnd(s string) string {
	for len(s) > 0 && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	return s
}
