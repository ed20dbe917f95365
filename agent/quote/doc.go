// Package quote writes answers in the words of the documents: sentences or
// whole sections, each with its citation.
//
// Shape: the functions take sentences (package evidence) or passages, and return
// the text to show together with citations numbered from 1. A citation quotes
// its span of the document unchanged. The text may differ from it in marks
// alone: those of lists, tables and headings, and all that a reader would take
// for the number of a citation.
package quote
