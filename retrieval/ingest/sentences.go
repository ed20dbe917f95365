package ingest

import (
	"slices"
	"strings"
	"unicode"
)

// splitSentences packs whole sentences into chunks of at most size runes;
// neighbours share whole sentences of at most overlap runes. A sentence that
// is too long is split as split does.
func splitSentences(text []rune, size, overlap int) []span {
	s := splitter{text: text, size: size, overlap: overlap}
	s.fit(sentences(text), separators)
	return s.chunks
}

// sentences divides a text into its sentences, English or Korean, each with
// the white space after it. Together they are the whole text.
//
// A sentence ends at the end of a paragraph, before the line of a list, a
// table or a heading, and at a full stop, question or exclamation mark with
// the quotes and brackets closed after it, where something can begin: after
// white space anything but a small letter, and right after a Korean ending
// ("했다.그리고") another letter. Abbreviations, initials, decimals and the
// numbers of a list do not end it, nor does a quotation that goes on
// (“간다.”라고).
func sentences(text []rune) []span {
	var found []span
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
		for end < len(text) && unicode.IsSpace(text[end]) {
			end++
		}
		found = append(found, span{begin, end})
		begin, i = end, end
	}
	if begin < len(text) {
		found = append(found, span{begin, len(text)})
	}
	return found
}

func isTerminator(r rune) bool { return strings.ContainsRune(".!?…。！？", r) }

func isCloser(r rune) bool { return strings.ContainsRune(`"')]}”’»›」』》〉】）］`, r) }

// lineEnd is where a sentence ends at the line end at i, 0 if it goes on in
// the next line.
func lineEnd(text []rune, begin, i int) int {
	next := i + 1
	for next < len(text) && (text[next] == ' ' || text[next] == '\t') {
		next++
	}
	if next == len(text) {
		return 0
	}
	first := begin
	for j := i; j > begin; j-- {
		if text[j-1] == '\n' {
			first = j
			break
		}
	}
	if text[next] == '\n' || beginsBlock(text[next:]) || beginsTableOrHeading(text[first:i]) {
		return i + 1
	}
	return 0
}

func beginsTableOrHeading(line []rune) bool {
	return len(line) > 0 && (line[0] == '#' || line[0] == '|')
}

// beginsBlock tells whether a line is that of a list, a table or a heading.
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

// sentenceEnd is where the sentence that the mark at i may end does end,
// closing quotes included; 0 if it goes on.
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
	next := text[end]
	if !unicode.IsSpace(next) {
		if end == marks && glued(text, i, next) {
			return end
		}
		return 0
	}
	after := end
	for after < len(text) && unicode.IsSpace(text[after]) {
		after++
	}
	if after < len(text) {
		next = text[after]
	}
	if unicode.IsLower(next) || text[i] == '.' && marks == i+1 && isAbbreviation(text, begin, i, next) {
		return 0
	}
	return end
}

// glued tells whether a sentence ends at the mark at i though no white space
// comes before what follows.
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

// isAbbreviation tells whether the full stop at i belongs to the word before
// it. next is the rune after the white space that follows.
func isAbbreviation(text []rune, begin, i int, next rune) bool {
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
	case len(word) <= 3 && allDigits(word): // the number of a list, at its beginning
		return strings.TrimSpace(string(text[begin:first])) == "" || lineBegins(text, begin, first)
	case len(word) == 1 && unicode.IsUpper(word[0]): // J. Kim
		return unicode.IsUpper(next) || unicode.Is(unicode.Hangul, next)
	}
	lower := strings.ToLower(string(word))
	if slices.Contains([]string{"mr", "mrs", "ms", "dr", "prof", "sr", "jr", "st", "vs", "e.g", "i.e", "cf", "fig", "figs", "eq", "vol",
		"ch", "sec", "art", "pp", "approx", "gen", "gov", "capt", "sgt", "rev", "hon", "mt", "ph.d"}, lower) {
		return true
	}
	// These also end sentences: what follows tells.
	if slices.Contains([]string{"no", "nos", "p", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}, lower) {
		return unicode.IsDigit(next)
	}
	return false
}

func allDigits(word []rune) bool {
	return !slices.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) })
}

// lineBegins tells whether only blanks stand between the beginning of the line
// and i.
func lineBegins(text []rune, begin, i int) bool {
	for i > begin && (text[i-1] == ' ' || text[i-1] == '\t') {
		i--
	}
	return i == begin || text[i-1] == '\n'
}
