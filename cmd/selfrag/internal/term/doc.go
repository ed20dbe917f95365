// Package term shows at a terminal what a program does: the steps of a turn as
// they happen, the reasoning as a tree, answers with their citations, tables, and
// how far a long run is.
//
// Where the output is no terminal, nothing is drawn over and no colour is used.
// What a document or a model wrote goes through Printable or OneLine first, since
// control characters in it could take the terminal over.
package term
