package retrieval

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
	Modified    = "modified"     // string, RFC 3339, UTC: when the document was last changed
	HiddenSpans = "hidden"       // string, such as "10-42 90-97": rune offsets of what the document's style hides from readers
	ParentStart = "parent_start" // float64: rune offset where the part to read begins, see Config.Parents
	ParentEnd   = "parent_end"   // float64: and where it ends, exclusive
)
