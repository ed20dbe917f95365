package claim

import (
	"regexp"
	"strings"
)

// fetching matches an HTML tag that makes a program fetch or run something by
// itself.
var fetching = regexp.MustCompile(`(?i)<(/?(?:img|image|picture|source|video|audio|track|iframe|frame|embed|object|link|meta|base|style|script|svg|input|body)\b)`)

// Inert returns the text of an answer without anything that a Markdown or HTML
// front end would fetch. Otherwise a document could make the model write a
// picture whose address sends the question to a stranger. Pictures become
// links, which a reader must choose to follow, and HTML tags that fetch
// something become plain text.
func Inert(answer string) string {
	for strings.Contains(answer, "![") {
		answer = strings.ReplaceAll(answer, "![", "[")
	}
	return fetching.ReplaceAllString(answer, "< $1")
}
