package term

import (
	"fmt"
	"strings"

	"selfrag/retrieval"
)

// Place returns the place of a passage in its document, as far as the metadata
// say: page, row, headings, and the date of the document.
func Place(metadata map[string]any) string {
	var b strings.Builder
	if n, ok := metadata[retrieval.Page].(float64); ok {
		fmt.Fprintf(&b, "  p. %.0f", n)
	}
	if n, ok := metadata[retrieval.Slide].(float64); ok {
		fmt.Fprintf(&b, "  slide %.0f", n)
	}
	if sheet, ok := metadata[retrieval.Sheet].(string); ok {
		b.WriteString("  sheet " + OneLine(sheet))
	}
	if cells, ok := metadata[retrieval.Cells].(string); ok {
		b.WriteString("  " + OneLine(cells))
	} else if n, ok := metadata[retrieval.Row].(float64); ok {
		fmt.Fprintf(&b, "  row %.0f", n)
	}
	if n, ok := metadata[retrieval.Paragraph].(float64); ok {
		fmt.Fprintf(&b, "  par. %.0f", n)
	}
	if path, ok := metadata[retrieval.Heading].(string); ok {
		b.WriteString("  § " + OneLine(path))
	}
	if modified, ok := metadata[retrieval.Modified].(string); ok && len(modified) >= len("2006-01-02") {
		b.WriteString("  (" + Printable(modified[:len("2006-01-02")]) + ")")
	}
	return b.String()
}
