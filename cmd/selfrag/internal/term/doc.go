// Package term prints what the program does: the steps of a turn as they
// happen, the reasoning as a tree, answers with their citations, tables, and
// the progress of long runs.
//
// If the output is not a terminal, nothing is redrawn and no colour is used.
// Text from documents and models could take over the terminal by control
// characters. A Writer escapes them; OneLine and Printable drop them from text
// that is shown in a line or redrawn.
package term
