// Package pdf reads the text of PDF files (ISO 32000) as a person sees it on
// the page. Gaps between characters separate words. Columns follow one another.
// Tables are read row by row with their empty cells. The values of form fields
// are included. Text that nobody can see is marked as hidden.
//
// PDFium reads the files. It is compiled to WebAssembly and runs in a sandbox
// without files or network, with limits on its memory and its time, so that a
// hostile file fails alone. PDFium returns characters with their boxes; this
// package makes text of them.
//
// # Hidden text
//
// Text is hidden if the page looks the same without it. A page with doubtful
// text is therefore drawn twice, with its text and without. So it makes no
// difference whether text is white, covered, clipped, outside the crop box, on
// a layer that is switched off or not drawn at all. Text too small to be read
// is hidden too.
package pdf
