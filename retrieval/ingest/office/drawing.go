package office

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/xmltext"
)

// drawing holds the texts of a part with drawings (DrawingML), such as the shapes
// over a sheet or a diagram.
type drawing struct {
	boxes  []string // texts of the shapes
	charts int      // number of charts
}

// readDrawing reads the texts of the shapes in a part.
func readDrawing(a *archive.Archive, part string) (drawing, error) {
	raw, err := a.Read(part)
	if err != nil {
		return drawing{}, err
	}
	tokens, err := xmltext.NewDecoder(raw)
	if err != nil {
		return drawing{}, fmt.Errorf("%w: %s: %w", content.ErrDamaged, part, err)
	}
	var d drawing
	var paragraphs []string
	var text strings.Builder
	inText := false
	for {
		token, err := tokens.Token()
		if errors.Is(err, io.EOF) {
			return d, nil
		}
		if err != nil {
			return drawing{}, fmt.Errorf("%w: %s: %w", content.ErrDamaged, part, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				inText = true
			case "br":
				text.WriteString("\n")
			case "chart":
				d.charts++
			}
		case xml.CharData:
			if inText {
				text.WriteString(content.NormaliseNewlines(string(t)))
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "p":
				if s := strings.TrimSpace(text.String()); s != "" {
					paragraphs = append(paragraphs, s)
				}
				text.Reset()
			case "txBody", "pt": // the text of a shape; a point of a diagram
				if len(paragraphs) > 0 {
					d.boxes = append(d.boxes, strings.Join(paragraphs, "\n"))
				}
				paragraphs = nil
			}
		}
	}
}

// lines returns the texts with one line per shape.
func (d drawing) lines() []content.Marked {
	var lines []content.Marked
	for _, box := range d.boxes {
		lines = append(lines, content.Marked{Text: content.Collapse(box)})
	}
	return lines
}
