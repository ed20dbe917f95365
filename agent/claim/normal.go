package claim

import (
	"regexp"
	"strings"
)

// Normalize returns the text of a draft without what models write around an
// answer, so that its sentences can be read as claims:
//
//   - JSON and tags around the answer, and marks of turns, are taken off
//     (normaljson.go, normaltag.go).
//   - Marks that cite passages become [1] or [1, 2], in whatever brackets and
//     words the model wrote them (normalmark.go).
//   - Emphasis, headings, code fences, lists of sources, and remarks such as
//     "Here is the answer:" and "I hope this helps!" are left out
//     (normalline.go).
//
// It changes no word of a sentence. A text in none of these forms stays as it
// is. The forms are those in testdata/styles-*.txt.
func Normalize(written string) string {
	s := strings.ReplaceAll(written, "\r\n", "\n")
	s = withoutTags(s)
	s = withoutJSON(s)
	s = withPlainMarks(withoutEmphasis(s))
	s = withoutRemarks(withoutLines(s))
	s = strings.ReplaceAll(withoutQuotes(strings.TrimSpace(s)), "NOT_FOUND", "NOT FOUND")
	if s == "" {
		return strings.TrimSpace(written) // all of it looked like a remark
	}
	return s
}

var (
	bold   = regexp.MustCompile(`(^|[^0-9A-Za-z*])\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*`)
	italic = regexp.MustCompile(`(^|[\s(])\*([^\s*](?:[^*\n]*[^\s*])?)\*($|[\s.,;:!?)\[])`)
	// underlined leaves names such as __init__ alone.
	underlined = regexp.MustCompile(`(^|[\s(])_([^\s_][^_\n]*[^\s_])_($|[\s.,;:!?)\[])`)
	boxed      = regexp.MustCompile(`\$?\\boxed\{(?:\\text\{)?([^{}\n]*)\}?\}\$?`)
	escaped    = regexp.MustCompile(`\\([\[\]*_()])`)
)

// withoutEmphasis removes the marks of emphasis in Markdown, and the box that
// models trained on mathematics put around an answer.
func withoutEmphasis(s string) string {
	s = boxed.ReplaceAllString(escaped.ReplaceAllString(s, "$1"), "$1")
	s = bold.ReplaceAllString(s, "$1$2")
	s = italic.ReplaceAllString(s, "$1$2$3")
	return underlined.ReplaceAllString(s, "$1$2$3")
}

// withoutQuotes removes one pair of quotation marks around a whole text.
func withoutQuotes(s string) string {
	for _, pair := range [][2]string{{`"`, `"`}, {"“", "”"}, {"「", "」"}} {
		inner, begins := strings.CutPrefix(s, pair[0])
		inner, ends := strings.CutSuffix(inner, pair[1])
		if begins && ends && !strings.Contains(inner, pair[0]) && !strings.Contains(inner, pair[1]) {
			return strings.TrimSpace(inner)
		}
	}
	return s
}
