package term

import (
	"fmt"
	"strings"

	"selfrag/retrieval"
)

// Place tells in a few words where in its document a passage stands, as far as
// its metadata tell: page, row, headings, and of when the document is.
func Place(metadata map[string]any) string {
	var b strings.Builder
	if n, ok := metadata[retrieval.Page].(float64); ok {
		fmt.Fprintf(&b, "  p. %.0f", n)
	}
	if n, ok := metadata[retrieval.Row].(float64); ok {
		fmt.Fprintf(&b, "  row %.0f", n)
	}
	if path, ok := metadata[retrieval.Heading].(string); ok {
		b.WriteString("  § " + OneLine(path))
	}
	if modified, ok := metadata[retrieval.Modified].(string); ok && len(modified) >= len("2006-01-02") {
		b.WriteString("  (" + Printable(modified[:len("2006-01-02")]) + ")")
	}
	return b.String()
}
