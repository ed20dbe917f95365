package claim

import (
	"regexp"
	"strings"
)

// fetching matches an HTML tag that makes a program fetch or run something by
// itself.
var fetching = regexp.MustCompile(`(?i)<(/?(?:img|image|picture|source|video|audio|track|iframe|frame|embed|object|link|meta|base|style|script|svg|input|body)\b)`)

// Inert returns the text of an answer without anything that a Markdown or HTML
// front end would fetch. A document could otherwise make the model write a
// picture whose address carries the question to a stranger. Pictures become
// links, which a reader must choose to follow, and such tags become plain text.
func Inert(answer string) string {
	for strings.Contains(answer, "![") {
		answer = strings.ReplaceAll(answer, "![", "[")
	}
	return fetching.ReplaceAllString(answer, "< $1")
}
