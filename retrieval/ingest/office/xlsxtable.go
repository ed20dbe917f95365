package office

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/table"
)

// sheetTable writes the rows of a sheet as one table. It collects the first
// table.HeadRows rows before it writes any, to find the headers among them.
type sheetTable struct {
	w       *table.Writer
	s       sheetPart
	head    []sheetRow
	headers []string
	begun   bool              // the headers are known
	at      int               // number of the row of the headers in the sheet
	number  int               // number of rows written
	above   map[int]mergeText // by column, the merged range that reaches down from a row above
}

// mergeText is a merged range with the text that its cells show.
type mergeText struct {
	merge mergedCells
	text  string
}

func (t *sheetTable) add(r sheetRow) error {
	if table.Filled(r.cells) == 0 {
		return nil
	}
	if t.begun {
		return t.row(r)
	}
	if t.head = append(t.head, r); len(t.head) < table.HeadRows {
		return nil
	}
	return t.flush()
}

// flush finds the titles and headers among the rows collected, and writes the
// titles and the rows below the headers.
func (t *sheetTable) flush() error {
	if t.begun || len(t.head) == 0 {
		return nil
	}
	t.begun = true
	var cells [][]string
	for _, r := range t.head {
		cells = append(cells, r.cells)
	}
	titles, headers, rest := table.SplitHeaders(cells)
	t.headers = headers
	if len(rest) == 0 && len(titles) == 0 && len(headers) > 0 { // the only row of a sheet is not a header
		t.headers, rest = nil, cells
	}
	first := len(cells) - len(rest)
	if len(titles) > 0 {
		start := t.w.Text.Runes()
		if err := t.w.Titles(titles, t.where(t.head[0].number, t.head[len(titles)-1].number, widest(titles), false)); err != nil {
			return err
		}
		if t.w.Text.Runes() > start {
			title := content.Name(strings.Join(titles[0], " "))
			t.w.Content.Headings = append(t.w.Content.Headings, content.Heading{Start: t.w.Content.Units[len(t.w.Content.Units)-1].Start, Level: 2, Text: title})
		}
	}
	if first > len(titles) {
		t.at = t.head[len(titles)].number
		t.fillHeaders(t.at)
	}
	for _, r := range t.head[first:] {
		if err := t.row(r); err != nil {
			return err
		}
	}
	t.head = nil
	return nil
}

// end writes what is collected, and the headers of empty columns.
func (t *sheetTable) end() error {
	if err := t.flush(); err != nil {
		return err
	}
	return t.w.End(t.headers, t.where(t.at, t.at, len(t.headers), false))
}

// fillHeaders repeats each merged header in all columns that it spans. row is the
// number of the header row.
func (t *sheetTable) fillHeaders(row int) {
	for _, m := range t.s.around.merges {
		if m.top > row || m.bottom < row || m.left > len(t.headers) || t.headers[m.left-1] == "" {
			continue
		}
		for len(t.headers) < min(m.right, table.MaxColumns) {
			t.headers = append(t.headers, "")
		}
		for column := m.left; column < m.right; column++ {
			if t.headers[column] == "" {
				t.headers[column] = t.headers[m.left-1]
			}
		}
	}
}

func (t *sheetTable) row(r sheetRow) error {
	cells := t.withMerged(r)
	at := len(t.w.Content.Units)
	written, err := t.w.Row(t.headers, cells, t.where(r.number, r.number, len(r.cells), true))
	if err != nil || !written {
		return err
	}
	t.number++
	unit := t.w.Content.Units[at]
	if r.hidden {
		t.w.Content.Hidden = append(t.w.Content.Hidden, unit)
		return nil
	}
	if len(t.s.around.hidden) == 0 {
		return nil
	}
	from := unit.Start
	for _, line := range table.RowLines(t.headers, cells) {
		end := from + utf8.RuneCountInString(line.Text)
		if t.s.around.hides(line.Column + 1) {
			t.w.Content.Hidden = append(t.w.Content.Hidden, content.Span{Start: from, End: end})
		}
		from = end + 1
	}
	return nil
}

// withMerged returns the cells of a row with the text of each merged range in all
// of its cells, so that a row can be understood without the rows above.
func (t *sheetTable) withMerged(r sheetRow) []string {
	if len(t.s.around.merges) == 0 {
		return r.cells
	}
	if t.above == nil {
		t.above = map[int]mergeText{}
	}
	cells := r.cells
	for _, m := range t.s.around.startingAt(r.number) {
		if m.left > len(cells) || cells[m.left-1] == "" || utf8.RuneCountInString(cells[m.left-1]) > table.MaxRepeated {
			continue
		}
		for column := m.left; column <= min(m.right, m.left+maxSpanned); column++ {
			t.above[column] = mergeText{m, cells[m.left-1]}
		}
	}
	for column, m := range t.above {
		switch {
		case m.merge.bottom < r.number:
			delete(t.above, column)
		case column == m.merge.left && m.merge.top == r.number:
		case m.merge.top == r.number && m.merge.right-m.merge.left+1 >= len(t.headers): // it spans the whole row
		default:
			for len(cells) < column {
				cells = append(cells, "")
			}
			if cells[column-1] == "" {
				cells[column-1] = m.text
			}
		}
	}
	return cells
}

// maxSpanned is the maximum number of columns in which a merged cell is repeated.
// Not measured.
const maxSpanned = 100

// where returns the metadata that says where rows of the sheet are: the sheet's
// name, the range of cells, and the number of a row of the table.
func (t *sheetTable) where(from, to, width int, isRow bool) map[string]any {
	where := map[string]any{retrieval.Sheet: t.s.name, retrieval.Cells: cellRange(from, to, width)}
	if isRow {
		where[retrieval.Row] = float64(t.number + 1)
	}
	return where
}

// cellRange returns a range that begins in the first column as Excel writes it,
// such as "A2:D2".
func cellRange(from, to, width int) string {
	last, err := excelize.ColumnNumberToName(max(width, 1))
	if err != nil {
		last = "A"
	}
	return fmt.Sprintf("A%d:%s%d", from, last, to)
}

func widest(rows [][]string) int {
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	return width
}
