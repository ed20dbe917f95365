package pdf

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The distance from one line of a paragraph to the next, in font sizes.
// usualLeading is taken if a column has too few lines to measure it.
const (
	usualLeading = 1.3
	minLeading   = 1.0
	maxLeading   = 2.2
)

// paragraphs returns the text of a column. A full line of a paragraph is joined
// to the next line by a space; any other line ends with a newline. An empty line
// separates paragraphs.
func paragraphs(lines []row, known compounds) string {
	if len(lines) == 0 {
		return ""
	}
	area := lines[0].box()
	for _, r := range lines[1:] {
		area = area.union(r.box())
	}
	spacing := leading(lines)
	right := rightEdges(lines)
	ends := breaksOf(lines, area, right)
	var b strings.Builder
	last := strings.TrimSpace(lines[0].text())
	for i := 1; i < len(lines); i++ {
		above, r := lines[i-1], lines[i]
		text := strings.TrimSpace(r.text())
		distance, em := above.base-r.base, max(above.em, r.em)
		switch {
		case distance > 1.3*spacing*em || distance < -0.5*em || max(above.em, r.em) > 1.2*min(above.em, r.em) && distance > 1.2*min(above.em, r.em):
			b.WriteString(last + "\n\n")
		default:
			b.WriteString(lineEnd(above, r, last, text, right[i-1], ends, known))
		}
		last = text
	}
	b.WriteString(last)
	return b.String()
}

// lineEnd returns the text of a line, last, with what separates it from the next
// line, text, of the same block: a space, a newline, or nothing. ends says where the
// lines of the column end.
func lineEnd(above, r row, last, text string, right float64, ends breaks, known compounds) string {
	if stem, ok := hyphenated(last, text, known); ok {
		return stem
	}
	switch {
	case !above.full(r, right), endsSentence(last):
		return last + "\n"
	case !above.ends() && known.join(last, text, ends):
		return last
	}
	return last + " "
}

// ends reports whether the file has a space after the row.
func (r row) ends() bool { return r.segments[len(r.segments)-1].ends }

// rightEdges returns, for each line, the x at which the longest of the similar
// lines around it ends. Similar lines have about the same font size and indent.
func rightEdges(lines []row) []float64 {
	out := make([]float64, len(lines))
	for i := range lines {
		out[i] = lines[i].box().x1
		for _, step := range []int{-1, 1} {
			for j := i + step; j >= 0 && j < len(lines) && max(j-i, i-j) <= 8; j += step {
				a, b := lines[j].box(), lines[j-step].box()
				if max(lines[j].em, lines[i].em) > 1.1*min(lines[j].em, lines[i].em) || max(a.x0-b.x0, b.x0-a.x0) > 3*lines[i].em {
					break
				}
				out[i] = max(out[i], a.x1)
			}
		}
	}
	return out
}

// leading returns the usual distance between the lines of a column, in font
// sizes.
func leading(lines []row) float64 {
	var all []float64
	for i := 1; i < len(lines); i++ {
		if d := (lines[i-1].base - lines[i].base) / max(lines[i-1].em, lines[i].em); d > 0.7*minLeading && d < maxLeading {
			all = append(all, d)
		}
	}
	if len(all) < 3 {
		if len(all) == 0 {
			return usualLeading
		}
		return max(usualLeading, min(slices.Min(all), 1.6))
	}
	slices.Sort(all)
	return max(minLeading, all[len(all)/3])
}

// full reports whether a line ends because the next word had no room on it. Its
// paragraph then continues on the next line.
func (r row) full(next row, right float64) bool {
	text := strings.TrimSpace(next.text())
	word, _, _ := strings.Cut(text, " ")
	if isMark(word) || word == "" {
		return false
	}
	b, n := r.box(), next.box()
	if n.x0 > b.x0+0.8*r.em && !isMark(firstWord(r.text())) { // an indented line begins a paragraph
		return false
	}
	room := right - b.x1
	needed := n.width() * float64(utf8.RuneCountInString(word)+1) / float64(max(1, utf8.RuneCountInString(text)))
	return room < needed
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return word
}

// openers are first parts of English compounds, such as "long" in "long-term".
// A hyphen after one of them is kept, because no word is divided there.
var openers = []string{
	"long", "short", "high", "low", "well", "self", "half", "full", "part", "cross", "non", "ex", "all", "one", "two",
	"three", "four", "five", "six", "ten", "first", "second", "third", "year", "day", "up", "end", "state", "real", "large", "small", "open",
}

// hyphenated reports whether text a ends with a hyphen and continues with text b
// without a space. It also returns a as it then ends: without the hyphen if the
// hyphen only divides a word.
func hyphenated(a, b string, known compounds) (stem string, ok bool) {
	bare := strings.TrimRight(a, "-‐")
	if bare == a || bare == "" || len(a)-len(bare) > len("‐") {
		return "", false
	}
	before, _ := utf8.DecodeLastRuneInString(bare)
	after, _ := utf8.DecodeRuneInString(b)
	if !unicode.IsLetter(before) && !unicode.IsDigit(before) {
		return "", false
	}
	if !unicode.IsLower(after) || !unicode.IsLetter(before) || unicode.IsUpper(before) {
		return a, unicode.IsLetter(after) || unicode.IsDigit(after)
	}
	first := bare[strings.LastIndexAny(bare, " -\n(")+1:]
	second := b
	if i := strings.IndexFunc(b, func(r rune) bool { return !unicode.IsLetter(r) }); i >= 0 {
		second = b[:i]
	}
	first = strings.ToLower(first)
	if known[first+"-"+strings.ToLower(second)] || slices.Contains(openers, first) {
		return a, true
	}
	return bare, true
}
