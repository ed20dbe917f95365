package retrieval

import (
	"encoding/json"
	"maps"
)

// Keys of the metadata that tell where in a document a passage stands, and
// what the document is. Each may be missing.
const (
	Page        = "page"         // float64: number of the page that the passage begins on, from 1
	Heading     = "heading"      // string: path of headings above it, such as "Leave > Parental leave"
	Row         = "row"          // float64: number of the row of a table, from 1 below its headers
	Sheet       = "sheet"        // string: name of the sheet of a workbook
	Cells       = "cells"        // string: range of cells in the sheet, such as "A5:F5"
	Slide       = "slide"        // float64: number of the slide, from 1
	Paragraph   = "paragraph"    // float64: number of the paragraph of a Hangul document, from 1
	Places      = "places"       // string: where in the passage the keys above change, see At
	Modified    = "modified"     // string, RFC 3339, UTC: when the document was last changed
	HiddenSpans = "hidden"       // string, such as "10-42 90-97": rune offsets of what the document's style hides from readers
	ParentStart = "parent_start" // float64: rune offset where the part to read begins, see Config.Parents
	ParentEnd   = "parent_end"   // float64: and where it ends, exclusive
)

// placeKeys are the keys that change inside a document.
func placeKeys() []string { return []string{Page, Heading, Row, Sheet, Cells, Slide, Paragraph} }

// PlaceAt is where a document is from an offset on, in runes, as the keys above
// say it.
type PlaceAt struct {
	Start int            `json:"at"`
	Where map[string]any `json:"in"`
}

// PlacesOf is the value of Places for a passage that reaches over several
// places; they grow.
func PlacesOf(places []PlaceAt) (string, error) {
	raw, err := json.Marshal(places)
	return string(raw), err
}

// At is the metadata of a passage as it is at an offset of its document: a
// passage can begin on one page, or below one heading, and end on another. What
// is cited is on the page of its own words. Places is left out.
func At(metadata map[string]any, offset int) map[string]any {
	written, ok := metadata[Places].(string)
	if !ok {
		return metadata
	}
	out := maps.Clone(metadata)
	delete(out, Places)
	var places []PlaceAt
	if json.Unmarshal([]byte(written), &places) != nil {
		return out
	}
	for i := len(places) - 1; i >= 0; i-- {
		if places[i].Start <= offset {
			for _, key := range placeKeys() {
				delete(out, key)
			}
			maps.Copy(out, places[i].Where)
			break
		}
	}
	return out
}
