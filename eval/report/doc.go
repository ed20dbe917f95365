// Package report makes a report of a comparison: a page that needs no other
// file, Markdown, or JSON.
//
// Shape: a Report holds what package eval measured. verdict.go says it in
// sentences, groups.go by parts of the questions, rows.go question by question;
// plots.go draws (gonum's plotting, made into pictures that take the page's
// colours by canvas.go), and html.go, markdown.go (its tables are in
// markdowntables.go) and json.go write. words.go has what readers read in
// English and Korean.
package report
