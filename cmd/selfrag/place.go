package main

import (
	"fmt"
	"strings"

	"selfrag/retrieval"
)

// place tells in a few words where in its document a passage stands, as far as
// its metadata tell: page, row, headings, and of when the document is.
func place(metadata map[string]any) string {
	var b strings.Builder
	if n, ok := metadata[retrieval.Page].(float64); ok {
		fmt.Fprintf(&b, "  p. %.0f", n)
	}
	if n, ok := metadata[retrieval.Slide].(float64); ok {
		fmt.Fprintf(&b, "  slide %.0f", n)
	}
	if sheet, ok := metadata[retrieval.Sheet].(string); ok {
		b.WriteString("  sheet " + oneLine(sheet))
	}
	if cells, ok := metadata[retrieval.Cells].(string); ok {
		b.WriteString("  " + oneLine(cells))
	} else if n, ok := metadata[retrieval.Row].(float64); ok {
		fmt.Fprintf(&b, "  row %.0f", n)
	}
	if n, ok := metadata[retrieval.Paragraph].(float64); ok {
		fmt.Fprintf(&b, "  par. %.0f", n)
	}
	if path, ok := metadata[retrieval.Heading].(string); ok {
		b.WriteString("  § " + oneLine(path))
	}
	if modified, ok := metadata[retrieval.Modified].(string); ok && len(modified) >= len("2006-01-02") {
		b.WriteString("  (" + printable(modified[:len("2006-01-02")]) + ")")
	}
	return b.String()
}
