// Package pdf reads the text of PDF files (ISO 32000) as a person sees it on
// the page: words by the gaps between characters, columns one after another,
// tables row by row with their empty cells, the values of forms, and what a
// page shows but nobody can see marked as hidden.
//
// PDFium reads the files, compiled to WebAssembly and run in a sandbox that
// has no files, no network, a bound on its memory and an end in time, so that
// a hostile file fails alone. What PDFium gives is characters with their
// boxes; this package makes text of them.
//
// # Hidden text
//
// Text is hidden if the page looks the same without it: each page is drawn
// twice, with its text and without. So it makes no difference whether text is
// white, covered, clipped, outside the crop box, on a layer that is switched
// off or not drawn at all. Text too small to be read is hidden too.
package pdf
