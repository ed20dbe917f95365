package table

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/retrieval/ingest/content"
)

// Cell is a cell of a table, as the file describes it.
type Cell struct {
	content.Marked
	Across, Down int  // number of columns and rows that it spans; less than 2 means one
	GoesOn       bool // it continues the cell above; Word writes a span of rows so
	Covered      bool // another cell, with its own Across and Down, spans this one: leave it out
}

// Row is a row of a table. Header rows are repeated wherever the table is cut.
type Row struct {
	Before int // number of empty columns before the first cell
	Cells  []Cell
	Header bool
}

// Grid is a table. A cell that spans several rows says what each of them is about,
// so its text is written in each. A cell that spans several columns is written in
// each of them, unless it spans the whole row.
type Grid struct {
	Caption       content.Marked
	Rows          []Row
	FirstIsHeader bool // the first row is a header; only for the reader that collects the rows
}

// MaxRepeated is the maximum length in runes of a cell that is written more than
// once. A longer cell is prose and not a name. Not measured.
const MaxRepeated = 200

// carried is a cell that reaches down from a row above.
type carried struct {
	text content.Marked
	left int // number of rows that it still reaches
}

// Lines returns the rows as lines with " | " between their cells, without empty
// rows. headers is the number of lines at the top that are repeated wherever the
// table is cut. The widest row sets the number of columns by the number of its
// cells; cells cannot claim to span more. ok is false if the lines would take more
// than budget bytes.
func (g Grid) Lines(budget int64) (lines []content.Marked, headers int, ok bool) {
	width := g.width()
	var above []carried
	first := true
	told := slices.ContainsFunc(g.Rows, func(r Row) bool { return r.Header }) // the file says which rows are headers
	for _, row := range g.Rows {
		cells := row.expand(width, &above)
		line := joined(cells)
		if budget -= int64(len(line.Text)) + 1; budget < 0 { // empty rows count, because they take time
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
	if headers == len(lines) { // there are no rows for them to be headers of
		headers = 0
	}
	return lines, headers, true
}

// width returns the number of columns.
func (g Grid) width() int {
	width := 0
	var down []int // number of rows that each spanning cell still reaches
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

// MaxColumns is the maximum number of columns of a table: the 16,384 that a
// spreadsheet can have.
const MaxColumns = 1 << 14

// expand places the cells of a row in its columns, together with the cells that
// reach down from the rows above. It updates above for the next row.
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

// joined returns the cells of a row as a line.
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
