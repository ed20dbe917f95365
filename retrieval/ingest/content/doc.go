// Package content defines what a reader of files returns: the text of a file, the
// places of its headings, pages and tables in the text, and warnings about what was
// left out.
//
// The readers are in the packages next to this one: plain, web, office, hangul,
// mail and pdf. Each handles one kind of file. Package ingest handles only their
// texts, and cuts these into passages.
//
// The package also has the errors that all readers share, and the functions that
// they share for names on one line, newlines and hidden parts.
package content
