package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// table is a grid of cells.
type table struct {
	cells [][]string // rows of equal length; a cell may be empty
	tops  []row      // the first line of text of each row
	pairs bool       // two columns: names that end with a colon, and their values
}

// tableOf returns the table that the rows are. It returns nil if they are none,
// such as a list whose numbers stand apart from its items.
func tableOf(lines []row, gaps []interval, rules []box) *table {
	if len(gaps) == 0 {
		return nil
	}
	t := &table{pairs: len(gaps) == 1}
	full := 0
	grid := ruled(lines, rules)
	var before []segment // the last segment in each column
	for i, r := range lines {
		cells := make([]string, len(gaps)+1)
		ends := make([]segment, len(cells))
		filled := 0
		for _, s := range r.segments {
			c := columnOf(s, gaps)
			if cells[c] == "" {
				filled++
			} else {
				cells[c] += " "
			}
			cells[c] += strings.TrimSpace(s.text)
			ends[c] = s
		}
		if filled > 1 {
			full++
		}
		if i > 0 && t.continues(lines[i-1], r, cells, before, grid, rules) {
			last := t.cells[len(t.cells)-1]
			for c, text := range cells {
				if text != "" {
					last[c] = joined(last[c], text)
					before[c] = ends[c]
				}
			}
			continue
		}
		if before == nil || filled > 0 {
			before = ends
		}
		t.cells = append(t.cells, cells)
		t.tops = append(t.tops, r)
	}
	if full < 2 || t.isList() {
		return nil
	}
	for _, cells := range t.cells {
		if cells[0] != "" && !strings.HasSuffix(cells[0], ":") {
			t.pairs = false
		}
	}
	return t
}

// continues reports whether a line of text, r, belongs to the same row of the
// table as the line above it. In a drawn grid, it does if no line is drawn
// between the two. Without a grid, it does if its first cell is empty and each
// other cell continues the sentence above.
func (t *table) continues(above, r row, cells []string, before []segment, grid bool, rules []box) bool {
	if grid {
		return !ruledBetween(above, r, rules) && above.base-r.base < 1.7*max(r.em, above.em)
	}
	if cells[0] != "" {
		return false
	}
	goesOn := 0
	for c, text := range cells {
		if text == "" {
			continue
		}
		first, _ := utf8.DecodeRuneInString(text)
		if before == nil || before[c].text == "" || endsSentence(before[c].text) || !unicode.IsLower(first) && !isWide(first) {
			return false
		}
		goesOn++
	}
	return goesOn > 0 && above.base-r.base < 1.6*max(r.em, above.em)
}

// isList reports whether the table is a list: it has two columns, and the first
// one holds only bullets or numbers.
func (t *table) isList() bool {
	marks := 0
	for _, cells := range t.cells {
		switch {
		case cells[0] == "":
		case isMark(cells[0]):
			marks++
		default:
			return false
		}
	}
	return marks > 0 && len(t.cells[0]) == 2
}

// isMark reports whether a text is the bullet or the number of a list item, such
// as "•", "(3)" or "a.".
func isMark(s string) bool {
	n := utf8.RuneCountInString(s)
	if n == 1 && strings.ContainsAny(s, "•·‣▪■□○●◦–—-*※▶►☐☒☑✓➢") {
		return true
	}
	if n > 6 {
		return false
	}
	bare := strings.Trim(s, "()[].")
	if bare == s {
		return false
	}
	digits := strings.TrimLeft(strings.ReplaceAll(bare, ".", ""), "0123456789")
	return digits == "" || utf8.RuneCountInString(bare) <= 4 && !strings.ContainsFunc(bare, func(r rune) bool { return !unicode.IsLetter(r) })
}

// line returns the text of a row of the table.
func (t *table) line(cells []string) string {
	if t.pairs {
		return strings.TrimSpace(strings.Join(cells, " "))
	}
	filled := 0
	for _, c := range cells {
		if c != "" {
			filled++
		}
	}
	if filled == 1 && cells[0] != "" { // a title within the table
		return cells[0]
	}
	return strings.TrimRight(strings.Join(cells, " | "), " ")
}

// joined returns the text of a cell that continues on the next line.
func joined(a, b string) string {
	if stem, ok := hyphenated(a, b, nil); ok {
		return stem + b
	}
	return a + " " + b
}

// text returns the table with one line per row.
func (t *table) text() string {
	lines := make([]string, len(t.cells))
	for i, cells := range t.cells {
		lines[i] = t.line(cells)
	}
	return strings.Join(lines, "\n")
}

// hasHead reports whether the first row names the columns: it has no digits, and
// most of the rows below it have some.
func (t *table) hasHead() bool {
	if t.pairs || len(t.cells) < 3 {
		return false
	}
	filled := 0
	for _, c := range t.cells[0] {
		if strings.ContainsAny(c, "0123456789") || utf8.RuneCountInString(c) > 40 {
			return false
		}
		if c != "" {
			filled++
		}
	}
	below := 0
	for _, cells := range t.cells[1:] {
		for _, c := range cells {
			if strings.ContainsAny(c, "0123456789") {
				below++
				break
			}
		}
	}
	return filled >= 2 && filled+1 >= len(t.cells[0]) && 2*below > len(t.cells)-1
}
