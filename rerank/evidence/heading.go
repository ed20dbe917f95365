package evidence

import (
	"strings"

	"selfrag/retrieval/text"
)

// Heading is a line of a text that says what the text below it is about.
type Heading struct {
	text.Span        // in runes of the text
	Text      string // without the marks before it
	Level     int    // number of marks before it, at least 1
}

// Headings returns the headings of a text in their order: lines with marks (#
// Leave), and short lines that stand alone above other text, as in plain text
// and HTML.
func Headings(runes []rune) []Heading {
	var out []Heading
	for _, s := range lines(runes, false) {
		if kindOf(runes, s) != headingLine {
			continue
		}
		written := string(runes[s.Start:s.End])
		bare := strings.TrimLeft(written, "#")
		out = append(out, Heading{s, strings.TrimSpace(bare), max(1, len(written)-len(bare))})
	}
	return out
}
