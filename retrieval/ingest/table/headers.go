package table

import (
	"slices"
	"strconv"
	"strings"

	"selfrag/retrieval/ingest/content"
)

// HeadRows is the maximum number of rows that SplitHeaders takes.
const HeadRows = 50

// SplitHeaders divides the first rows of a table into titles, headers and rows. The
// headers are the first row with more than half as many filled cells as the fullest
// row. Rows above are titles: tables of public offices begin with a title and a
// unit of measure. If a second row names the columns that headers span, its cells
// are appended to these headers.
func SplitHeaders(head [][]string) (titles [][]string, headers []string, rows [][]string) {
	fullest := 0
	for _, row := range head {
		fullest = max(fullest, Filled(row))
	}
	at := slices.IndexFunc(head, func(row []string) bool { return 2*Filled(row) > fullest })
	if at < 0 {
		return head, nil, nil
	}
	headers = make([]string, len(head[at]))
	for i, h := range head[at] {
		headers[i] = strings.TrimRight(content.Collapse(h), ": ")
	}
	rows = head[at+1:]
	if len(rows) > 0 && isSecondHeader(headers, rows[0]) {
		headers, rows = joinHeaders(headers, rows[0]), rows[1:]
	}
	return head[:at], headers, rows
}

// Filled returns the number of cells that are not blank.
func Filled(row []string) int {
	n := 0
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// isSecondHeader reports whether a row names the columns that the headers above it
// span. Such a row has no first cell and no number, and fills gaps between headers.
func isSecondHeader(headers, row []string) bool {
	if len(row) < 2 || len(headers) < 2 || headers[0] == "" || strings.TrimSpace(row[0]) != "" {
		return false
	}
	gaps := 0
	for i, cell := range row {
		cell = strings.TrimSpace(cell)
		if _, err := strconv.ParseFloat(strings.ReplaceAll(cell, ",", ""), 64); err == nil {
			return false
		}
		if cell != "" && i < len(headers) && headers[i] == "" {
			gaps++
		}
	}
	return gaps > 0
}

// joinHeaders appends the cells of a second header row to the headers above them,
// such as "Sales" and "2024" to "Sales 2024".
func joinHeaders(headers, row []string) []string {
	out := slices.Clone(headers)
	for len(out) < len(row) {
		out = append(out, "")
	}
	above := ""
	for i := range out {
		if out[i] != "" {
			above = out[i]
		}
		if i < len(row) && strings.TrimSpace(row[i]) != "" {
			out[i] = content.Collapse(above + " " + row[i])
		}
	}
	return out
}
