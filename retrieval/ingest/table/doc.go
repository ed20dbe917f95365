// Package table writes tables as text. A Grid is a table of a document, whose
// rows become lines with bars between the cells. A Writer writes the rows of a
// spreadsheet, each as lines "header: value" that say by themselves what the row
// is about.
package table
