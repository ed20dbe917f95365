package text

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Span is a part of a text in runes, from Start up to but not including End.
type Span struct{ Start, End int }

// Len returns the number of runes of the part.
func (s Span) Len() int { return s.End - s.Start }

// Sentences divides a text into its sentences, English or Korean, each with the
// white space after it. Together they are the whole text.
//
// A sentence ends at the end of a paragraph and before a line of a list, a
// table or a heading. It also ends at a full stop, question mark or exclamation
// mark, together with the quotes and brackets that close after it, if a
// sentence can begin there. After white space a sentence can begin with any
// character except a small letter. Without white space it can begin with a
// letter after a Korean ending ("했다.그리고"). None of these ends a sentence:
// an abbreviation, an initial, a decimal, a date before the words that belong
// to it ("2026. 3. 1. 부터"), the number or letter of a list or an article
// ("제3조. 목적"), a quotation within a sentence (“간다.”라고).
func Sentences(text []rune) []Span {
	var found []Span
	begin := 0
	for i := 0; i < len(text); {
		end := 0
		switch {
		case text[i] == '\n':
			end = lineEnd(text, begin, i)
		case isTerminator(text[i]):
			end = sentenceEnd(text, begin, i)
		}
		if end == 0 {
			i++
			continue
		}
		end = skipSpace(text, end)
		found = append(found, Span{begin, end})
		begin, i = end, end
	}
	if begin < len(text) {
		found = append(found, Span{begin, len(text)})
	}
	return found
}

// TrimmedSentences returns the sentences of a text without the white space
// around them. It leaves out sentences of white space only.
func TrimmedSentences(text []rune) []Span {
	spans := Sentences(text)
	kept := spans[:0]
	for _, s := range spans {
		if s = Trimmed(text, s); s.Start < s.End {
			kept = append(kept, s)
		}
	}
	return kept
}

// Trimmed returns a part of a text without the white space around it. The
// result is empty if the part is all white space.
func Trimmed(text []rune, s Span) Span {
	for s.Start < s.End && unicode.IsSpace(text[s.Start]) {
		s.Start++
	}
	for s.End > s.Start && unicode.IsSpace(text[s.End-1]) {
		s.End--
	}
	return s
}

// WholeSentences returns a text that was cut at its end, without the unfinished
// last sentence or line. If there is no other sentence, it returns the whole
// text.
func WholeSentences(s string) string {
	runes := []rune(s)
	spans := Sentences(runes)
	if len(spans) == 0 || strings.HasSuffix(s, "\n") {
		return s
	}
	last := spans[len(spans)-1]
	end := Trimmed(runes, last).End
	for end > last.Start && isCloser(runes[end-1]) {
		end--
	}
	if end > last.Start && isTerminator(runes[end-1]) {
		return s
	}
	begin := last.Start
	for i := begin; i < last.End; i++ {
		if runes[i] == '\n' {
			begin = i + 1
		}
	}
	if whole := strings.TrimRightFunc(string(runes[:begin]), unicode.IsSpace); whole != "" {
		return whole
	}
	return s
}

func isTerminator(r rune) bool { return strings.ContainsRune(".!?…。！？", r) }

func isCloser(r rune) bool { return strings.ContainsRune(`"')]}”’»›」』》〉】）］`, r) }

func skipSpace(text []rune, i int) int {
	for i < len(text) && unicode.IsSpace(text[i]) {
		i++
	}
	return i
}

// lineEnd returns where a sentence ends at the line break at i, or 0 if the
// sentence continues in the next line.
func lineEnd(text []rune, begin, i int) int {
	next := i + 1
	for next < len(text) && isBlank(text[next]) {
		next++
	}
	if next == len(text) {
		return 0
	}
	first := skipSpace(text[:i], lineBegin(text, begin, i))
	if text[next] == '\n' || beginsBlock(text[next:]) || beginsTableOrHeading(text[first:i]) {
		return i + 1
	}
	return 0
}

// lineBegin returns the beginning of the line that contains the rune before i,
// or begin if that is later.
func lineBegin(text []rune, begin, i int) int {
	for i > begin && text[i-1] != '\n' {
		i--
	}
	return i
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' }

func beginsTableOrHeading(line []rune) bool {
	return len(line) > 0 && (line[0] == '#' || line[0] == '|')
}

// beginsBlock reports whether a line belongs to a list, a table or a heading.
func beginsBlock(line []rune) bool {
	if beginsTableOrHeading(line) {
		return true
	}
	if len(line) > 1 && strings.ContainsRune("-*+•·▪○●■□※◦", line[0]) {
		return unicode.IsSpace(line[1]) || line[0] > unicode.MaxASCII
	}
	digits := 0
	for digits < len(line) && digits < 4 && unicode.IsDigit(line[digits]) {
		digits++
	}
	return digits > 0 && digits+1 < len(line) && strings.ContainsRune(".)", line[digits]) && unicode.IsSpace(line[digits+1])
}

// sentenceEnd returns where a sentence ends at the mark at i, after closing
// quotes, or 0 if the sentence does not end there.
func sentenceEnd(text []rune, begin, i int) int {
	end := i + 1
	for end < len(text) && isTerminator(text[end]) {
		end++
	}
	marks := end
	for end < len(text) && isCloser(text[end]) {
		end++
	}
	if end == len(text) {
		return end
	}
	if !unicode.IsSpace(text[end]) {
		if end == marks && glued(text, i, text[end]) {
			return end
		}
		return 0
	}
	after := skipSpace(text, end)
	if after < len(text) && unicode.IsLower(text[after]) || text[i] == '.' && marks == i+1 && belongs(text, begin, i, end, after) {
		return 0
	}
	return end
}

// glued reports whether a sentence ends at the mark at i although no white
// space follows.
func glued(text []rune, i int, next rune) bool {
	if strings.ContainsRune("。！？", text[i]) {
		return true
	}
	if i == 0 || !unicode.Is(unicode.Hangul, text[i-1]) {
		return false
	}
	begins := unicode.Is(unicode.Hangul, next) || unicode.IsUpper(next) || strings.ContainsRune("“‘\"'「『(", next)
	if text[i] != '.' {
		return begins
	}
	return begins && strings.ContainsRune("다요죠까네오라자지음함임됨", text[i-1])
}

// articleNumber matches the number of a part of a Korean law or rule.
var articleNumber = regexp.MustCompile(`^제\d+(?:편|장|절|관|조|항|호|목)(?:의\d+)?$`)

// abbreviations never end a sentence. Those in beforeNumbers end one unless a
// number follows.
var (
	abbreviations = SetOf("mr mrs ms dr prof sr jr st vs e.g i.e cf fig figs eq vol ch sec art pp approx gen gov capt sgt rev hon mt ph.d")
	beforeNumbers = SetOf("no nos p jan feb mar apr jun jul aug sep sept oct nov dec")
)

// belongs reports whether the full stop at i belongs to the word before it and
// so does not end a sentence. The white space after it reaches from end to
// after.
func belongs(text []rune, begin, i, end, after int) bool {
	next := ' '
	if after < len(text) {
		next = text[after]
	}
	first := i
	for first > begin && (unicode.IsLetter(text[first-1]) || unicode.IsDigit(text[first-1]) || text[first-1] == '.') {
		first--
	}
	word := text[first:i]
	switch {
	case len(word) == 0:
		return false
	case allDigits(word) && unicode.IsDigit(next): // 2026. 3. 1.
		return true
	case unicode.IsDigit(word[len(word)-1]) && dateGoesOn(text, begin, i, end, after):
		return true
	case isListMark(word):
		return beginsLine(text, begin, first)
	case len(word) == 1 && unicode.IsUpper(word[0]): // J. Kim
		return unicode.IsUpper(next) || unicode.Is(unicode.Hangul, next)
	}
	lower := strings.ToLower(string(word))
	if articleNumber.MatchString(lower) { // 제3조. 제2항
		return beginsLine(text, begin, first) || next == '제' && after+1 < len(text) && unicode.IsDigit(text[after+1])
	}
	return abbreviations[lower] || beforeNumbers[lower] && unicode.IsDigit(next)
}

// dateGoesOn reports whether a date ends at the full stop at i and the same
// line continues with text that belongs to the date: a particle or similar, the
// weekday in brackets, or the end of a period.
func dateGoesOn(text []rune, begin, i, end, after int) bool {
	if after == len(text) || slices.Contains(text[end:after], '\n') {
		return false
	}
	if !unicode.Is(unicode.Hangul, text[after]) && !strings.ContainsRune("(（~∼～〜–", text[after]) {
		return false
	}
	return endsInDate(string(text[lineBegin(text, max(begin, i-longestDate), i) : i+1]))
}

// longestDate is longer than any date with the text before it.
const longestDate = 24

// isListMark reports whether a word before a full stop is the mark of a list
// item at the beginning of a line: 1. or 가.
func isListMark(word []rune) bool {
	return len(word) <= 3 && allDigits(word) || len(word) == 1 && strings.ContainsRune("가나다라마바사아자차카타파하", word[0])
}

func allDigits(word []rune) bool {
	return !slices.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) })
}

// beginsLine reports whether there is only white space between i and the
// beginning of the sentence or of its line.
func beginsLine(text []rune, begin, i int) bool {
	blank := i
	for blank > begin && isBlank(text[blank-1]) {
		blank--
	}
	return blank == begin || text[blank-1] == '\n' || strings.TrimSpace(string(text[begin:i])) == ""
}

var (
	listMark = regexp.MustCompile(`^\s*(?:[-*•]+|\d{1,2}[.)]|[가나다라마바사아자차카타파하]\.)\s+`)
	dayNext  = regexp.MustCompile(`^\d{1,2}\.(?:\D|$)`) // after a possible month
)

// TrimListMark returns a line without the dash, number or letter that marks it
// as an item of a list.
func TrimListMark(line string) string {
	if m := listMark.FindString(line); m != "" && !dayNext.MatchString(line[len(m):]) {
		return line[len(m):]
	}
	return line
}
