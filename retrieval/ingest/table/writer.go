package table

import (
	"strings"

	"selfrag/retrieval/ingest/content"
)

// Writer writes the rows of tables, each as a unit of a content. If the text
// exceeds MaxBytes, its methods return content.ErrTooLarge, because headers are
// repeated in each row and can make a small file large.
type Writer struct {
	MaxBytes int64           // maximum length of the text
	Content  content.Content // the content so far, without its text
	Text     content.Builder // the text so far

	shown map[string]bool // headers that rows of the current table have shown
}

// Titles writes the rows above the headers as one unit, with where as its metadata.
// The first row becomes the title of the document, unless it has one.
func (w *Writer) Titles(rows [][]string, where map[string]any) error {
	var lines []string
	for _, row := range rows {
		var cells []string
		for _, cell := range row {
			if cell = content.Collapse(cell); cell != "" {
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
	if w.Content.Title == "" {
		w.Content.Title = content.Name(lines[0])
	}
	_, err := w.Unit(strings.Join(lines, "\n"), where)
	return err
}

// Row writes a row with its headers as a unit, with where as its metadata. It
// writes nothing for an empty row. If a long row is cut later, each piece begins
// with the row's first cell.
func (w *Writer) Row(headers, row []string, where map[string]any) (written bool, err error) {
	var lines []string
	for _, line := range RowLines(headers, row) {
		lines = append(lines, line.Text)
		if line.Column < len(headers) {
			w.show(headers[line.Column])
		}
	}
	if len(lines) == 0 {
		return false, nil
	}
	whole, err := w.Unit(strings.Join(lines, "\n"), where)
	if err == nil && !strings.Contains(lines[0], "\n") && (len(lines) > 1 || len(lines[0]) < 100) {
		w.Content.Leads = append(w.Content.Leads, content.Lead{Span: whole, Text: lines[0]})
	}
	return true, err
}

func (w *Writer) show(header string) {
	if w.shown == nil {
		w.shown = map[string]bool{}
	}
	w.shown[header] = true
}

// End ends a table. It writes the headers that no row has shown as one unit, with
// where as its metadata. Otherwise the names of empty columns, and of a table
// without rows, would be lost.
func (w *Writer) End(headers []string, where map[string]any) error {
	var lost []string
	for _, h := range headers {
		if h != "" && !w.shown[h] {
			lost = append(lost, h)
			w.show(h)
		}
	}
	w.shown = nil
	if len(lost) == 0 {
		return nil
	}
	_, err := w.Unit(strings.Join(lost, " | "), where)
	return err
}

// Unit writes a text as a unit, with where as its metadata.
func (w *Writer) Unit(text string, where map[string]any) (content.Span, error) {
	if w.Text.Len() > 0 {
		w.Text.Add("\n\n")
	}
	whole := content.Span{Start: w.Text.Runes()}
	w.Text.Add(text)
	whole.End = w.Text.Runes()
	w.Content.Units = append(w.Content.Units, whole)
	w.Content.Places = append(w.Content.Places, content.Place{Start: whole.Start, Metadata: where})
	if int64(w.Text.Len()) > w.MaxBytes {
		return whole, content.TooLarge(w.MaxBytes)
	}
	return whole, nil
}

// Done returns the content.
func (w *Writer) Done() content.Content {
	w.Content.Text = w.Text.String()
	return w.Content
}

// RowLine is a line "header: cell" of a row.
type RowLine struct {
	Column int // from 0
	Text   string
}

// RowLines returns the lines "header: cell" of a row, without blank cells. A cell
// in a column without a header is a line by itself.
func RowLines(headers, row []string) []RowLine {
	var lines []RowLine
	for i, cell := range row {
		cell = strings.TrimSpace(cell)
		switch {
		case cell == "":
		case i < len(headers) && headers[i] != "":
			lines = append(lines, RowLine{i, headers[i] + ": " + cell})
		default:
			lines = append(lines, RowLine{i, cell})
		}
	}
	return lines
}
