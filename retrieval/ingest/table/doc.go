// Package table writes tables as text. A Grid is a table in a document. Each of its
// rows becomes a line with bars between the cells. A Writer writes the rows of a
// spreadsheet. Each of these becomes several lines "header: value", so that a row
// can be understood on its own.
package table
