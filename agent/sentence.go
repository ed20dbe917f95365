package agent

import (
	"slices"
	"strings"
	"unicode"
)

// span is a half-open range of runes.
type span struct{ start, end int }

const (
	endOfSentence = ".!?…。！？"
	closing       = "\"'”’)]」』"
)

// sentenceSpans splits text into sentences of English or Korean, without the
// white space around them: at line ends, and after . ! ? … 。！？ (with closing
// quotes and brackets) when white space follows. A period after a single
// capital or between digits, as in "J. Kim" or "3.5", does not end a sentence.
func sentenceSpans(text []rune) []span {
	var out []span
	begin := 0
	cut := func(end int) {
		s := span{begin, end}
		for s.start < s.end && unicode.IsSpace(text[s.start]) {
			s.start++
		}
		for s.end > s.start && unicode.IsSpace(text[s.end-1]) {
			s.end--
		}
		if s.start < s.end {
			out = append(out, s)
		}
		begin = end
	}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			cut(i)
			continue
		}
		if !strings.ContainsRune(endOfSentence, text[i]) {
			continue
		}
		if text[i] == '.' && initial(text[begin:i]) {
			continue
		}
		end := i + 1
		for end < len(text) && strings.ContainsRune(endOfSentence+closing, text[end]) {
			end++
		}
		if end == len(text) || unicode.IsSpace(text[end]) {
			cut(end)
			i = end - 1
		}
	}
	cut(len(text))
	return out
}

// wholeSentences is text without a last sentence that does not end, unless it is
// the only one.
func wholeSentences(text string) string {
	runes := []rune(text)
	spans := sentenceSpans(runes)
	if len(spans) < 2 || strings.HasSuffix(text, "\n") {
		return text
	}
	last := string(runes[spans[len(spans)-1].start:])
	last = strings.TrimRight(strings.TrimRightFunc(last, unicode.IsSpace), closing)
	if last != "" && strings.ContainsRune(endOfSentence, []rune(last)[len([]rune(last))-1]) {
		return text
	}
	return string(runes[:spans[len(spans)-2].end])
}

// initial tells whether the text ends in a lone capital letter or a common
// abbreviation, so that a period after it does not end the sentence.
func initial(before []rune) bool {
	i := len(before)
	for i > 0 && !unicode.IsSpace(before[i-1]) && before[i-1] != '(' {
		i--
	}
	switch word := string(before[i:]); word {
	case "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "No", "e.g", "i.e", "vs", "approx":
		return true
	default:
		r := before[i:]
		return len(r) == 1 && unicode.IsUpper(r[0])
	}
}

// among tells whether a text is in a list, but for case, white space and end
// punctuation.
func among(list []string, text string) bool {
	return slices.ContainsFunc(list, func(have string) bool { return normalised(have) == normalised(text) })
}

// normalised folds case, white space and end punctuation, for comparing
// sentences and queries.
func normalised(s string) string {
	s = strings.Join(strings.Fields(strings.ToLower(s)), " ")
	return strings.TrimRightFunc(s, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) })
}
