package ingest

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// csvTable extracts a table with commas, semicolons, tabs or bars between its
// cells, whichever its first line has most of.
func csvTable(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	return table(ctx, raw, 0, maxBytes)
}

// tsvTable extracts a table with tabs between its cells.
func tsvTable(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	return table(ctx, raw, '\t', maxBytes)
}

// table makes of each row a unit of lines "header: value", the headers being
// the first row; a row then says by itself what it is about. Empty cells are
// left out. A text of more than maxBytes is refused: long headers would make a
// small file large.
func table(ctx context.Context, raw []byte, delimiter rune, maxBytes int64) (content, error) {
	text, err := decode(raw)
	if err != nil {
		return content{}, err
	}
	rows := csv.NewReader(strings.NewReader(text))
	rows.FieldsPerRecord = -1
	rows.LazyQuotes = true
	rows.TrimLeadingSpace = true
	rows.ReuseRecord = true
	rows.Comma = delimiter
	if delimiter == 0 {
		rows.Comma = delimiterOf(text)
	}
	first, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return content{}, errEmpty
	}
	if err != nil {
		return content{}, fmt.Errorf("read the headers: %w", err)
	}
	headers := make([]string, len(first))
	for i, h := range first {
		headers[i] = collapse(h)
	}
	c := content{rows: true}
	var out textBuilder
	for {
		if ctx.Err() != nil {
			return content{}, context.Cause(ctx)
		}
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return content{}, fmt.Errorf("read the table: %w", err)
		}
		lines := rowLines(headers, row)
		if lines == "" {
			continue
		}
		if out.Len() > 0 {
			out.write("\n\n")
		}
		start := out.runes
		out.write(lines)
		c.units = append(c.units, span{start, out.runes})
		if int64(out.Len()) > maxBytes {
			return content{}, tooLarge(maxBytes)
		}
	}
	c.text = out.String()
	return c, nil
}

func rowLines(headers, row []string) string {
	var lines []string
	for i, cell := range row {
		cell = strings.TrimSpace(cell)
		switch {
		case cell == "":
		case i < len(headers) && headers[i] != "":
			lines = append(lines, headers[i]+": "+cell)
		default:
			lines = append(lines, cell)
		}
	}
	return strings.Join(lines, "\n")
}

// delimiterOf is what the first line has most of outside quotes.
func delimiterOf(text string) rune {
	counts := map[rune]int{}
	quoted := false
	for _, r := range text {
		if r == '"' {
			quoted = !quoted
		}
		if r == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[r]++
		}
	}
	best := ','
	for _, d := range []rune{';', '\t', '|'} {
		if counts[d] > counts[best] {
			best = d
		}
	}
	return best
}
