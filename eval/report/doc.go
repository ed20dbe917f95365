// Package report writes a report of a comparison as a self-contained page,
// Markdown, or JSON.
//
// Shape: a Report holds the measurements of package eval. verdict.go states the
// result in sentences, groups.go groups the questions, and rows.go lists them
// one by one. plots.go draws with gonum's plotting, and canvas.go turns the
// plots into pictures in the page's colours. html.go, markdown.go (with the
// tables in markdowntables.go) and json.go write the formats. words.go holds
// the words in English and Korean.
package report
