// Package plain reads files whose bytes are text: plain text, Markdown, tables in
// CSV and TSV, and JSON lines.
package plain
