package plain

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/charset"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/table"
)

// CSV reads a table with commas, semicolons, tabs or bars between its cells. It
// takes the delimiter that most of the first lines have, or the one that a first
// line such as "sep=;" names, as Excel writes it. Each row becomes a unit of lines
// "header: value".
func CSV(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	return separated(ctx, raw, 0, maxBytes)
}

// TSV reads a table with tabs between its cells. Its content is like that of CSV.
func TSV(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	return separated(ctx, raw, '\t', maxBytes)
}

// separated reads a table with a delimiter, or finds the delimiter itself if it is
// 0. Each row becomes a unit of lines "header: value", so that it can be understood
// on its own. Titles above the headers become the first unit.
func separated(ctx context.Context, raw []byte, delimiter rune, maxBytes int64) (content.Content, error) {
	text, warnings, err := charset.Decode(raw)
	if err != nil {
		return content.Content{}, err
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
	var head [][]string // the first rows, among which titles and headers are looked for
	for len(head) < table.HeadRows {
		row, ok := rows.next()
		if !ok {
			break
		}
		head = append(head, row)
	}
	if len(head) == 0 {
		return content.Content{}, content.ErrEmpty
	}
	w := table.Writer{MaxBytes: maxBytes}
	w.Content.Warnings = warnings
	titles, headers, head := table.SplitHeaders(head)
	if err := w.Titles(titles, nil); err != nil {
		return content.Content{}, err
	}
	for number := 0; ; {
		if ctx.Err() != nil {
			return content.Content{}, context.Cause(ctx)
		}
		var row []string
		if len(head) > 0 {
			row, head = head[0], head[1:]
		} else if next, ok := rows.next(); ok {
			row = next
		} else {
			break
		}
		written, err := w.Row(headers, row, map[string]any{retrieval.Row: float64(number + 1)})
		if err != nil {
			return content.Content{}, err
		}
		if written {
			number++
		}
	}
	if err := w.End(headers, nil); err != nil {
		return content.Content{}, err
	}
	for _, line := range rows.broken {
		w.Content.Warn("line %d: a quotation mark opens there and never closes; it is taken as written", line)
	}
	return w.Done(), nil
}

// delimiterOf returns the delimiter that most of the first lines have outside
// quotes. If two are in equally many lines, it returns the more frequent one.
func delimiterOf(text string) rune {
	delimiters := []rune{',', ';', '\t', '|'}
	lines, total := map[rune]int{}, map[rune]int{}
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		if number++; number > table.HeadRows {
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
