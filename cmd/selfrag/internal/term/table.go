package term

import (
	"strings"

	"github.com/rivo/uniseg"
)

// align formats rows below their heading. It aligns the first column to the
// left. It aligns the other columns, which hold numbers, to the right.
func align(heading []string, rows [][]string, gap string) string {
	all := append([][]string{heading}, rows...)
	widths := widthsOf(all)
	var b strings.Builder
	for _, row := range all {
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell))
			if i == 0 {
				b.WriteString(cell + pad)
				continue
			}
			b.WriteString(gap + pad + cell)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// widthsOf returns the width of the widest cell in each column of a table.
// Widths are in columns of a terminal.
func widthsOf(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], uniseg.StringWidth(cell))
		}
	}
	return widths
}

// Table formats rows of words below their heading.
func Table(heading []string, rows [][]string) string {
	return strings.Join(Columned(append([][]string{heading}, rows...)), "\n") + "\n"
}

// Columned pads the cells of rows to equal widths, two spaces apart. A Korean
// letter takes two columns of a terminal.
func Columned(rows [][]string) []string {
	widths := widthsOf(rows)
	lines := make([]string, len(rows))
	for r, row := range rows {
		for i, cell := range row {
			lines[r] += cell + strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell)+2)
		}
		lines[r] = strings.TrimRight(lines[r], " ")
	}
	return lines
}

// widest returns the width of a text's widest line in columns.
func widest(text string) int {
	most := 0
	for line := range strings.Lines(text) {
		most = max(most, uniseg.StringWidth(strings.TrimSuffix(line, "\n")))
	}
	return most
}
