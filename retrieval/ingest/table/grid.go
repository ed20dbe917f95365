package table

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/retrieval/ingest/content"
)

// Cell is a cell of a table as its file has it.
type Cell struct {
	content.Marked
	Across, Down int  // columns and rows that it spans; less than 2: one
	GoesOn       bool // it belongs to the cell above, as Word writes a span of rows
	Covered      bool // by one that spans it, which says so itself: it is left out
}

// Row is a row of a table; header rows are said again where the table is
// cut.
type Row struct {
	Before int // empty columns before the first cell
	Cells  []Cell
	Header bool
}

// Grid is a table. A cell that spans rows says what each of them is about, so
// it stands in each; one that spans columns stands in each of them, unless it
// spans the whole row.
type Grid struct {
	Caption       content.Marked
	Rows          []Row
	FirstIsHeader bool // of its rows, while they are collected
}

// MaxRepeated is the maximum length in runes of a cell that is written more than
// once. A longer one is prose, not a name. Not measured.
const MaxRepeated = 200

// carried is a cell of a row above that reaches down.
type carried struct {
	text content.Marked
	left int // rows
}

// Lines returns the rows with " | " between their cells, without empty rows.
// headers is the number of lines, from the first, that are said again where the
// table is cut. A row has as many columns as the widest has cells, whatever its
// cells claim to span. If the lines took more than budget bytes, ok is false.
func (g Grid) Lines(budget int64) (lines []content.Marked, headers int, ok bool) {
	width := g.width()
	var above []carried
	first := true
	told := slices.ContainsFunc(g.Rows, func(r Row) bool { return r.Header }) // which rows are headers
	for _, row := range g.Rows {
		cells := row.expand(width, &above)
		line := joined(cells)
		if budget -= int64(len(line.Text)) + 1; budget < 0 { // empty ones cost time
			return nil, 0, false
		}
		if strings.Trim(line.Text, " |") == "" {
			continue
		}
		isHeader := row.Header || !told && first && len(cells) > 1 && !strings.ContainsFunc(line.Text, unicode.IsDigit)
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
func (g Grid) width() int {
	width := 0
	var down []int // rows that each carried cell still reaches
	for _, row := range g.Rows {
		reaching := 0
		for i, left := range down {
			if left > 0 {
				down[i]--
				reaching++
			}
		}
		width = max(width, row.Before+len(row.Cells)+reaching)
		for _, c := range row.Cells {
			if c.Down > 1 {
				down = append(down, c.Down-1)
			}
		}
		down = slices.DeleteFunc(down, func(left int) bool { return left <= 0 })
	}
	return min(width, MaxColumns)
}

// MaxColumns is the maximum number of columns that are told apart; a spreadsheet has
// 16,384 and a page of HTML few.
const MaxColumns = 1 << 14

// expand lays the cells of a row out over the columns, among those that reach
// down into it.
func (row Row) expand(width int, above *[]carried) []content.Marked {
	var out []content.Marked
	if len(row.Cells) == 0 {
		for i := range *above {
			(*above)[i].left--
		}
		return nil
	}
	put := func(text, again content.Marked, down int) {
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
	for range min(row.Before, width) {
		put(content.Marked{}, content.Marked{}, 0)
	}
	for i, cell := range row.Cells {
		if !cell.GoesOn {
			reach()
		}
		across := min(max(cell.Across, 1), max(width-len(out)-(len(row.Cells)-i-1), 1))
		for n := range across {
			text := cell.Marked
			if cell.GoesOn && len(out) < len(*above) {
				text = (*above)[len(out)].text
			}
			again := text
			if utf8.RuneCountInString(text.Text) > MaxRepeated {
				again = content.Marked{}
			}
			if n > 0 && !cell.GoesOn {
				text = again
			}
			put(text, again, cell.Down-1)
			if across == width {
				break
			}
		}
	}
	reach()
	return out
}

// joined is a line of cells.
func joined(cells []content.Marked) content.Marked {
	var line content.MarkedBuilder
	for i, cell := range cells {
		if i > 0 {
			line.Add(" | ", false)
		}
		line.Join(cell)
	}
	return line.Take().Trimmed()
}
