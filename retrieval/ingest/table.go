package ingest

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"selfrag/retrieval"
)

// csvTable extracts a table with commas, semicolons, tabs or bars between its
// cells, whichever most of its first lines have, or which a first line such as
// "sep=;" names, as Excel writes it.
func csvTable(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	return table(ctx, raw, 0, maxBytes)
}

// tsvTable extracts a table with tabs between its cells.
func tsvTable(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	return table(ctx, raw, '\t', maxBytes)
}

// table makes of each row a unit of lines "header: value", so that a row says
// by itself what it is about. Rows of titles above the headers go before them.
func table(ctx context.Context, raw []byte, delimiter rune, maxBytes int64) (content, error) {
	text, warnings, err := decode(raw)
	if err != nil {
		return content{}, err
	}
	if first, rest, _ := strings.Cut(text, "\n"); strings.HasPrefix(strings.ToLower(first), "sep=") && utf8.RuneCountInString(first) <= len("sep=x") {
		text = rest
		if named, _ := utf8.DecodeRuneInString(first[len("sep="):]); named != utf8.RuneError {
			delimiter = named
		}
	}
	if delimiter == 0 {
		delimiter = delimiterOf(text)
	}
	rows := csvRows{text: text, delimiter: delimiter}
	var head [][]string // the rows that may be titles
	for len(head) < headRows {
		row, ok := rows.next()
		if !ok {
			break
		}
		head = append(head, row)
	}
	if len(head) == 0 {
		return content{}, errEmpty
	}
	w := tableWriter{most: maxBytes}
	w.c.warnings = warnings
	titles, headers, head := splitHeaders(head)
	if err := w.titles(titles, nil); err != nil {
		return content{}, err
	}
	for number := 0; ; {
		if ctx.Err() != nil {
			return content{}, context.Cause(ctx)
		}
		var row []string
		if len(head) > 0 {
			row, head = head[0], head[1:]
		} else if next, ok := rows.next(); ok {
			row = next
		} else {
			break
		}
		written, err := w.row(headers, row, map[string]any{retrieval.Row: float64(number + 1)})
		if err != nil {
			return content{}, err
		}
		if written {
			number++
		}
	}
	for _, line := range rows.broken {
		w.c.warn("line %d: a quotation mark opens there and never closes; it is taken as written", line)
	}
	return w.content(), nil
}

// headRows is how many rows are looked at for the headers.
const headRows = 50

// splitHeaders parts the first rows of a table into titles, headers and rows.
// The headers are the first row that is filled by more than half, measured by
// the fullest; tables of public offices have a title and a unit above them.
// Where the headers span columns, those below them are their second part.
func splitHeaders(head [][]string) (titles [][]string, headers []string, rows [][]string) {
	fullest := 0
	for _, row := range head {
		fullest = max(fullest, filled(row))
	}
	at := slices.IndexFunc(head, func(row []string) bool { return 2*filled(row) > fullest })
	if at < 0 {
		return head, nil, nil
	}
	headers = make([]string, len(head[at]))
	for i, h := range head[at] {
		headers[i] = strings.TrimRight(collapse(h), ": ")
	}
	rows = head[at+1:]
	if len(rows) > 0 && isSecondHeader(headers, rows[0]) {
		headers, rows = joinHeaders(headers, rows[0]), rows[1:]
	}
	return head[:at], headers, rows
}

func filled(row []string) int {
	n := 0
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// isSecondHeader reports whether a row names columns that the headers above
// span: it has no first cell and no number, and fills gaps of the headers.
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

func joinHeaders(headers, row []string) []string {
	out := slices.Clone(headers)
	above := ""
	for i := range out {
		if out[i] != "" {
			above = out[i]
		}
		if i < len(row) && strings.TrimSpace(row[i]) != "" {
			out[i] = collapse(above + " " + row[i])
		}
	}
	return out
}

// tableWriter writes the rows of tables. A text of more than most bytes is
// refused: long headers would make a small file large.
type tableWriter struct {
	c    content
	out  textBuilder
	most int64
}

// titles writes what stands above the headers; the first becomes the title of
// the document.
func (w *tableWriter) titles(rows [][]string, where map[string]any) error {
	var lines []string
	for _, row := range rows {
		var cells []string
		for _, cell := range row {
			if cell = collapse(cell); cell != "" {
				cells = append(cells, cell)
			}
		}
		if line := strings.Join(cells, " | "); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	if w.c.title == "" {
		w.c.title = named(lines[0])
	}
	_, err := w.unit(strings.Join(lines, "\n"), where)
	return err
}

// row writes a row with its headers, or nothing of an empty one. Pieces of a
// long row begin with its first cell.
func (w *tableWriter) row(headers, row []string, where map[string]any) (written bool, err error) {
	var lines []string
	for _, line := range rowLines(headers, row) {
		lines = append(lines, line.text)
	}
	if len(lines) == 0 {
		return false, nil
	}
	whole, err := w.unit(strings.Join(lines, "\n"), where)
	if err == nil && !strings.Contains(lines[0], "\n") && (len(lines) > 1 || len(lines[0]) < 100) {
		w.c.leads = append(w.c.leads, lead{whole, lines[0]})
	}
	return true, err
}

func (w *tableWriter) unit(text string, where map[string]any) (span, error) {
	if w.out.Len() > 0 {
		w.out.write("\n\n")
	}
	whole := span{start: w.out.runes}
	w.out.write(text)
	whole.end = w.out.runes
	w.c.units = append(w.c.units, whole)
	w.c.places = append(w.c.places, place{whole.start, where})
	if int64(w.out.Len()) > w.most {
		return whole, tooLarge(w.most)
	}
	return whole, nil
}

func (w *tableWriter) content() content {
	w.c.text = w.out.String()
	return w.c
}

// rowLine is what a row says in a column, counted from 0.
type rowLine struct {
	column int
	text   string
}

func rowLines(headers, row []string) []rowLine {
	var lines []rowLine
	for i, cell := range row {
		cell = strings.TrimSpace(cell)
		switch {
		case cell == "":
		case i < len(headers) && headers[i] != "":
			lines = append(lines, rowLine{i, headers[i] + ": " + cell})
		default:
			lines = append(lines, rowLine{i, cell})
		}
	}
	return lines
}

// delimiterOf is what most of the first lines have outside quotes, and of two
// that as many have, the one that there is more of.
func delimiterOf(text string) rune {
	delimiters := []rune{',', ';', '\t', '|'}
	lines, total := map[rune]int{}, map[rune]int{}
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		if number++; number > headRows {
			break
		}
		in, quoted := map[rune]int{}, false
		for _, r := range line {
			if r == '"' {
				quoted = !quoted
			}
			if !quoted {
				in[r]++
			}
		}
		for _, d := range delimiters {
			if in[d] > 0 {
				lines[d]++
				total[d] += in[d]
			}
		}
	}
	return slices.MaxFunc(delimiters, func(a, b rune) int {
		if lines[a] != lines[b] {
			return lines[a] - lines[b]
		}
		return total[a] - total[b]
	})
}
