package text

import "strings"

// FirstLine returns the first line of a model's output, without quotation marks
// around it.
func FirstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.Trim(line, "\"“” ")
}

// Shortened returns a text as one line of at most the given number of runes. It
// cuts at a space if one is near. A cut text ends in "…".
func Shortened(text string, runes int) string {
	text = strings.Join(strings.Fields(text), " ")
	r := []rune(text)
	if len(r) <= runes {
		return text
	}
	text = string(r[:max(0, runes-1)])
	if i := strings.LastIndex(text, " "); i > len(text)*3/4 {
		text = text[:i]
	}
	return text + "…"
}
