// Package plain reads files that a text editor can open: plain text, Markdown,
// tables in CSV and TSV, and JSON lines.
package plain
