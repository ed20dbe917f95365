package ingest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// gridCell is a cell of a table as its file has it.
type gridCell struct {
	marked
	across, down int  // columns and rows that it spans; less than 2: one
	goesOn       bool // it belongs to the cell above, as Word writes a span of rows
	covered      bool // by one that spans it, which says so itself: it is left out
}

// gridRow is a row of a table; header rows are said again where the table is
// cut.
type gridRow struct {
	before int // empty columns before the first cell
	cells  []gridCell
	header bool
}

// grid is a table. A cell that spans rows says what each of them is about, so
// it stands in each; one that spans columns stands in each of them, unless it
// spans the whole row.
type grid struct {
	caption       marked
	rows          []gridRow
	firstIsHeader bool // of its rows, while they are collected
}

// maxRepeated is how long a cell is at most, in runes, that is written more
// than once. A longer one is prose, not a name. Not measured.
const maxRepeated = 200

// carried is a cell of a row above that reaches down.
type carried struct {
	text marked
	left int // rows
}

// lines are the rows with " | " between their cells; empty rows are left out.
// headers is how many of the first lines are said again. A row has as many
// columns as the widest has cells, whatever its cells claim to span. budget is
// how many bytes the lines may take; without enough of it ok is false.
func (g grid) lines(budget int64) (lines []marked, headers int, ok bool) {
	width := g.width()
	var above []carried
	first := true
	told := slices.ContainsFunc(g.rows, func(r gridRow) bool { return r.header }) // which rows are headers
	for _, row := range g.rows {
		cells := row.expand(width, &above)
		line := joined(cells)
		if budget -= int64(len(line.text)) + 1; budget < 0 { // empty ones cost time
			return nil, 0, false
		}
		if strings.Trim(line.text, " |") == "" {
			continue
		}
		isHeader := row.header || !told && first && len(cells) > 1 && !strings.ContainsFunc(line.text, unicode.IsDigit)
		if isHeader && headers == len(lines) {
			headers++
		}
		first = false
		lines = append(lines, line)
	}
	if headers == len(lines) { // what would they be headers of?
		headers = 0
	}
	return lines, headers, true
}

// width is the number of columns.
func (g grid) width() int {
	width := 0
	var down []int // rows that each carried cell still reaches
	for _, row := range g.rows {
		reaching := 0
		for i, left := range down {
			if left > 0 {
				down[i]--
				reaching++
			}
		}
		width = max(width, row.before+len(row.cells)+reaching)
		for _, c := range row.cells {
			if c.down > 1 {
				down = append(down, c.down-1)
			}
		}
		down = slices.DeleteFunc(down, func(left int) bool { return left <= 0 })
	}
	return min(width, maxColumns)
}

// maxColumns is how many columns of a table are told apart; a spreadsheet has
// 16,384 and a page of HTML few.
const maxColumns = 1 << 14

// expand lays the cells of a row out over the columns, among those that reach
// down into it.
func (row gridRow) expand(width int, above *[]carried) []marked {
	var out []marked
	if len(row.cells) == 0 {
		for i := range *above {
			(*above)[i].left--
		}
		return nil
	}
	put := func(text, again marked, down int) {
		for len(*above) <= len(out) {
			*above = append(*above, carried{})
		}
		(*above)[len(out)] = carried{again, down}
		out = append(out, text)
	}
	reach := func() {
		for len(out) < len(*above) && (*above)[len(out)].left > 0 {
			c := (*above)[len(out)]
			put(c.text, c.text, c.left-1)
		}
	}
	for range min(row.before, width) {
		put(marked{}, marked{}, 0)
	}
	for i, cell := range row.cells {
		if !cell.goesOn {
			reach()
		}
		across := min(max(cell.across, 1), max(width-len(out)-(len(row.cells)-i-1), 1))
		for n := range across {
			text := cell.marked
			if cell.goesOn && len(out) < len(*above) {
				text = (*above)[len(out)].text
			}
			again := text
			if utf8.RuneCountInString(text.text) > maxRepeated {
				again = marked{}
			}
			if n > 0 && !cell.goesOn {
				text = again
			}
			put(text, again, cell.down-1)
			if across == width {
				break
			}
		}
	}
	reach()
	return out
}

// joined is a line of cells.
func joined(cells []marked) marked {
	var line markedText
	for i, cell := range cells {
		if i > 0 {
			line.add(" | ", false)
		}
		line.join(cell)
	}
	return line.take().trimmed()
}
