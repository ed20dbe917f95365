package claim

import (
	"regexp"
	"strings"
)

// fetching is an HTML tag for which a reader's program fetches or runs
// something by itself.
var fetching = regexp.MustCompile(`(?i)<(/?(?:img|image|picture|source|video|audio|track|iframe|frame|embed|object|link|meta|base|style|script|svg|input|body)\b)`)

// Inert is an answer's text with nothing in it that a front end which renders
// Markdown or HTML would fetch: a document can have the model write a picture
// whose address tells the question to a stranger. Pictures become links, which
// somebody must choose to follow, and such tags plain text.
func Inert(answer string) string {
	for strings.Contains(answer, "![") {
		answer = strings.ReplaceAll(answer, "![", "[")
	}
	return fetching.ReplaceAllString(answer, "< $1")
}
