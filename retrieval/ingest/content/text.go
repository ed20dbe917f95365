package content

import "strings"

// NormaliseNewlines returns a text with \n in place of each \r\n and each lone
// \r.
func NormaliseNewlines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// Collapse returns a text with one space for each run of white space, and none
// at the ends.
func Collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

// MaxName is the maximum length of a title or a heading in runes. Each passage
// carries its title and headings, so long ones would make a small file large.
const MaxName = 300

// Name returns a title or a heading on one line, cut after MaxName runes.
func Name(s string) string {
	s = Collapse(s)
	if n := 0; len(s) > MaxName {
		for at := range s {
			if n++; n > MaxName {
				return strings.TrimSpace(s[:at]) + "…"
			}
		}
	}
	return s
}

// EndsInDigit reports whether a text ends in an ASCII digit. A superscript number
// after it is a power, and is written with a ^, such as 10^3.
func EndsInDigit(s string) bool {
	return s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9'
}
