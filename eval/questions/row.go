package questions

import (
	"regexp"
	"strings"
	"unicode"

	"selfrag/rerank/evidence"
	"selfrag/retrieval/text"
)

// cell is a cell of a table with the names of its row and column.
type cell struct{ row, column, text string }

// longestCell is the maximum length of a cell in runes. A longer cell is a
// sentence and not a value. Not measured.
const longestCell = 40

// cellsIn returns the cells of a table row that a question can ask for. The
// first cell names the row.
func (s sentence) cellsIn() []cell {
	if s.Header == "" || strings.HasPrefix(strings.TrimSpace(s.Text), "|") && !ruleLine.MatchString(s.passage.Text) {
		return nil // without a line such as |---|---|, a passage begins in the middle of a table, and its first row is no header
	}
	columns, cells := evidence.Cells(s.Header), evidence.Cells(s.Text)
	if len(columns) != len(cells) || len(cells) < 2 || !namesRow(cells[0]) {
		return nil
	}
	var out []cell
	for i := 1; i < len(cells); i++ {
		c := cell{row: cells[0], column: columns[i], text: cells[i]}
		n := len([]rune(c.text))
		if n == 0 || n > longestCell || c.column == "" || len([]rune(c.column)) > longestCell || !strings.ContainsFunc(c.text, isWord) ||
			strings.ContainsAny(c.row+c.column+c.text, "“”\"<>") || strings.Contains(s.Text[len(cells[0]):], cells[0]) || len(strings.Fields(c.text)) > 6 || strings.HasSuffix(c.text, ".") {
			continue
		}
		out = append(out, c)
	}
	return out
}

// ruleLine matches the line below the header of a Markdown table.
var ruleLine = regexp.MustCompile(`(?m)^\s*\|?\s*:?-{3,}`)

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// namesRow reports whether a cell is a name, and not a number or a date.
func namesRow(s string) bool {
	n := len([]rune(s))
	return n >= 2 && n <= longestCell && len(text.Quantities(s)) == 0 && strings.ContainsFunc(s, unicode.IsLetter) && len(strings.Fields(s)) <= 6
}

// question returns the question that asks for a cell, in the language of its
// table.
func (c cell) question() string {
	if text.HasHangul(c.row + c.column) {
		return c.row + "의 ‘" + c.column + "’ 칸에는 무엇이라고 적혀 있나요?"
	}
	return "What is given under “" + c.column + "” for " + c.row + "?"
}
