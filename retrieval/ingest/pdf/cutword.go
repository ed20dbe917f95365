package pdf

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/retrieval/text"
)

// breaks says where the lines of a column end. Korean text often breaks lines
// inside words.
type breaks int

const (
	betweenWords breaks = iota
	insideWords         // a line that has no space after it in the file ends inside a word
	anywhere            // lines are filled, and the file does not say where words end
)

// breaksOf returns where the lines of a column end. If some full lines have a space
// after them in the file, the others end inside a word. If none has, and the lines are
// filled up to the last character, they end anywhere.
func breaksOf(lines []row, area box, right []float64) breaks {
	spaces, others := 0, 0
	for i := 0; i+1 < len(lines); i++ {
		text := lines[i].text()
		if area.x1-lines[i].box().x1 > 1.5*lines[i].em || !endsWide(text) || !startsWide(lines[i+1].text()) {
			continue
		}
		if lines[i].ends() {
			spaces++
		} else {
			others++
		}
	}
	switch {
	case spaces > 0 && others > 0:
		return insideWords
	case spaces == 0 && filled(lines, right):
		return anywhere
	}
	return betweenWords
}

// leastFilled is the minimum number of lines by which filled judges. A line that
// breaks between words leaves so little room about three times in ten, as Korean words
// have three or four letters, so four lines do in one column of a hundred.
const leastFilled = 4

// filled reports whether each full line of a column has less room left than the
// next character needs. A line that breaks between words leaves room for a part of a
// word. If the lines are justified, none leaves room. They are then filled if they
// have the same number of characters, give or take a space at the end.
func filled(lines []row, right []float64) bool {
	n, most := 0, 0.0
	least, fewest, longest := math.Inf(1), math.MaxInt, 0
	for i := 0; i+1 < len(lines); i++ {
		written := strings.TrimSpace(lines[i].text())
		if !lines[i].full(lines[i+1], right[i]) || !endsWide(written) || !startsWide(lines[i+1].text()) {
			continue
		}
		n++
		room := (right[i] - lines[i].box().x1) / lines[i].em
		least, most = min(least, room), max(most, room)
		letters := utf8.RuneCountInString(written)
		fewest, longest = min(fewest, letters), max(longest, letters)
	}
	return n >= leastFilled && most < 1.1 && (most-least > 0.2 || longest-fewest <= 1)
}

func endsWide(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimSpace(s))
	return isWide(r)
}

func startsWide(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(s))
	return isWide(r)
}

// compounds is the set of words that a document has inside its lines, where no
// line end can have cut them: words with a hyphen, in lower case, and words in
// Hangul, with their particle and without it. The hyphens of such words are
// real, not marks of a division.
type compounds map[string]bool

const maxCompounds = 1 << 16

func (c compounds) add(line string) {
	words := strings.Fields(line)
	for i, w := range words {
		if i+1 == len(words) || len(c) >= maxCompounds || len(w) >= 64 {
			continue
		}
		w = strings.Trim(w, marksAround)
		switch {
		case strings.Contains(w, "-"):
			c[strings.ToLower(w)] = true
		case i > 0 && isHangul(w):
			c[w] = true
			if stem, trimmed := text.TrimParticle(w); trimmed {
				c[stem] = true
			}
		}
	}
}

// marksAround are the marks that may stand around a word.
const marksAround = ".,;:()\"'“”‘’「」"

// join reports whether a line end cut a word, and there is no space after the line in
// the file. This is so if the document has the whole word elsewhere, and not both of
// its parts. Particles may differ: 휴 + 가는 is one word if the document has 휴가를. If
// lines end anywhere, a word that is not known is taken for cut unless its beginning
// looks like a word. TestLineEndsOfFilledColumns measures how often that is right.
func (c compounds) join(above, below string, b breaks) bool {
	if b == insideWords {
		return endsWide(above) || startsWide(below) // 3 + 월, too
	}
	first := above[strings.LastIndexAny(above, " \n")+1:]
	second, _, _ := strings.Cut(below, " ")
	first, second = strings.TrimLeft(first, marksAround), strings.TrimRight(second, marksAround)
	if !isHangul(first) || !isHangul(second) || c.has(first) && c.has(second) {
		return false
	}
	return c.has(first+second) || b == anywhere && !c.has(first) && !endsWord(first)
}

// has reports whether a word in Hangul is there, with any particle.
func (c compounds) has(word string) bool {
	stem, trimmed := text.TrimParticle(word)
	return c[word] || trimmed && c[stem]
}

// wordEnds are syllables with which many Korean words end: particles, endings of
// verbs, and short words that other words are written together with.
const wordEnds = "은는이가을를에의로와과도만고며면서한할된될인던등및그더수것때년월일여해중후전각또큰새총약제본라나지게까터어아"

// endsWord reports whether a Hangul word of several syllables ends as whole words do.
func endsWord(word string) bool {
	last, size := utf8.DecodeLastRuneInString(word)
	return len(word) > size && strings.ContainsRune(wordEnds, last)
}

// isHangul reports whether a text consists of Hangul alone.
func isHangul(s string) bool {
	for _, r := range s {
		if !unicode.Is(unicode.Hangul, r) {
			return false
		}
	}
	return s != ""
}
