package claim

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"selfrag/retrieval/text"
)

var (
	// citationMark matches a mark that cites passages: [1], [2, 3], 【4】.
	citationMark = regexp.MustCompile(`\s*[\[［【]\s*(\d+(?:\s*[,;]\s*\d+)*)\s*[\]］】]`)
	// marksAfterEnd matches the end of a sentence with the marks after it, as
	// in "So it is. [1]".
	marksAfterEnd = regexp.MustCompile(`([.!?…。！？]+)((?:[ \t]*[\[［【]\s*\d+(?:\s*[,;]\s*\d+)*\s*[\]］】])+)`)
	// passageLabel matches a citation in words: "Passage 2:" in front of a
	// sentence, or "Passage 2." alone.
	passageLabel = regexp.MustCompile(`^[\s*]*(?:[Pp]assage|구절|지문|문단|패시지)\s*(\d+)\**\s*(?:[:：]\s*|[.)]?\s*$)`)
	// strayMark matches anything that a reader would take for a citation mark,
	// in any digits and brackets, even with invisible characters inside.
	strayMark = regexp.MustCompile(`\s*[\[［【〔][\s\p{Cf}^,;]*(?:\p{Nd}[\p{Nd}\s\p{Cf},;~–-]*)?[\]］】〕]`)
)

// attachMarks moves citation marks that follow the end of a sentence, as in "So
// it is. [1] Next", before the end, so that they stay with their sentence when
// the text is split.
func attachMarks(written string) string { return marksAfterEnd.ReplaceAllString(written, "$2$1") }

// parseSentence reads the marks of one sentence. "Passage 2: so it is" also
// cites passage 2, because small models write that form.
func parseSentence(written string, passages int) Sentence {
	var s Sentence
	cites := func(number string) {
		n, err := strconv.Atoi(number)
		if err == nil && n >= 1 && n <= passages && !slices.Contains(s.Passages, n-1) {
			s.Passages = append(s.Passages, n-1)
		}
	}
	for _, m := range citationMark.FindAllStringSubmatch(written, -1) {
		for _, f := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) }) {
			cites(f)
		}
	}
	if m := passageLabel.FindStringSubmatch(written); m != nil {
		cites(m[1])
		written = written[len(m[0]):]
	}
	s.Text = strings.TrimLeft(text.TrimListMark(strings.TrimSpace(WithoutMarks(written))), "-*• \t")
	return s
}

// Pointed returns the indices of the passages that a text such as "Passage 2"
// cites. passages is the number of passages that there are.
func Pointed(written string, passages int) []int {
	return parseSentence(Normalize(written), passages).Passages
}

// WithoutMarks removes citation marks until none is left, because removing
// "[1]" from "[[1]2]" leaves another mark.
func WithoutMarks(s string) string {
	for {
		less := strayMark.ReplaceAllString(citationMark.ReplaceAllString(s, ""), "")
		if less == s {
			return s
		}
		s = less
	}
}
