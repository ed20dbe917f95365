// Package content holds what a reader of files returns: the text of a file,
// where in the text its headings, pages and tables stand, and what was left
// out.
//
// The readers are in the packages beside this one: plain, web, office, hangul,
// mail and pdf. A reader knows one kind of file. Package ingest knows the text
// alone and cuts it into passages.
//
// The package also has the errors that all readers share, and the ways to make
// a text that they share: names on one line, newlines, and hidden parts.
package content
