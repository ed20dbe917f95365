package eval

import (
	"slices"
	"unicode"

	"selfrag/retrieval/text"
)

// Fact is something that a good answer must state. It is a list of wordings. An
// answer states the fact if it contains one of the wordings. The wordings after
// the first may be in another language.
type Fact []string

// HeldBy reports whether a text states the fact. Case, diacritics on Latin
// letters, white space, punctuation and commas within numbers are ignored. A
// number must be a whole number in the text, so 15 is not in 2015 or 1.5. A
// Latin word must be the beginning of a word in the text, so "photograph" is in
// "photographed".
func (f Fact) HeldBy(s string) bool {
	in := compared(s)
	return slices.ContainsFunc(f, func(words string) bool { return in.holds(compared(words)) })
}

// HeldShare returns the share of facts that a text states, in [0,1]. Without
// facts it is 1.
func HeldShare(facts []Fact, s string) float64 {
	if len(facts) == 0 {
		return 1
	}
	held := 0
	for _, f := range facts {
		if f.HeldBy(s) {
			held++
		}
	}
	return float64(held) / float64(len(facts))
}

// comparison holds the letters and digits of a text, without the characters
// between words.
type comparison struct {
	runes []rune
	apart []bool // apart[i] says that characters before runes[i] were removed
}

func compared(s string) comparison {
	var c comparison
	apart := true
	all := []rune(text.Fold(s))
	for i, r := range all {
		inNumber := i > 0 && i+1 < len(all) && unicode.IsDigit(all[i-1]) && unicode.IsDigit(all[i+1])
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '.' && inNumber || r == '%':
			c.runes, c.apart = append(c.runes, r), append(c.apart, apart)
			apart = false
		case r == ',' && inNumber:
		default:
			apart = true
		}
	}
	return c
}

func (c comparison) holds(of comparison) bool {
	n := len(of.runes)
	if n == 0 {
		return false
	}
	for i := 0; i+n <= len(c.runes); i++ {
		if slices.Equal(c.runes[i:i+n], of.runes) && c.begins(i) && c.ends(i+n) {
			return true
		}
	}
	return false
}

// begins reports whether a word or number may begin with runes[i].
func (c comparison) begins(i int) bool {
	if i == 0 || c.apart[i] {
		return true
	}
	before, first := c.runes[i-1], c.runes[i]
	switch {
	case unicode.IsDigit(first):
		return !unicode.IsDigit(before) && before != '.'
	case unicode.Is(unicode.Latin, first):
		return !unicode.Is(unicode.Latin, before)
	}
	return true
}

// ends reports whether a number may end before runes[i]. A word may end
// anywhere.
func (c comparison) ends(i int) bool {
	if i == len(c.runes) || c.apart[i] || !unicode.IsDigit(c.runes[i-1]) {
		return true
	}
	return !unicode.IsDigit(c.runes[i]) && c.runes[i] != '.'
}

// heldFacts returns the share of a query's facts that an answer states. ok is
// false if the query has no facts.
func heldFacts(q Query, o Outcome) (share float64, ok bool) {
	if len(q.Must) == 0 || q.Unanswerable {
		return 0, false
	}
	return HeldShare(q.Must, o.said()), true
}
