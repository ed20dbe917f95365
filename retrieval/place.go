package retrieval

// Keys of the metadata that describe the place of a passage in its document,
// and the document. Each may be missing.
const (
	Page        = "page"         // float64: number of the page on which the passage begins, from 1
	Heading     = "heading"      // string: path of the headings above it, such as "Leave > Parental leave"
	Row         = "row"          // float64: number of a table row, from 1 below the headers
	Modified    = "modified"     // string, RFC 3339, UTC: last change of the document
	HiddenSpans = "hidden"       // string, such as "10-42 90-97": rune offsets of text that the document's style hides from readers
	ParentStart = "parent_start" // float64: rune offset of the beginning of the part to read, see Config.Parents
	ParentEnd   = "parent_end"   // float64: rune offset of its end, exclusive
)
