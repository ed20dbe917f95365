package text

import (
	"iter"
	"strings"
	"unicode"
)

// Set is a set of words.
type Set map[string]bool

// SetOf returns the set of the words of a list separated by white space.
func SetOf(list string) Set {
	out := Set{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// Words splits a text at everything that is neither letter nor digit, and where
// Hangul begins or ends, so that a name is separate from a Korean particle:
// "Tidegate는" gives Tidegate, 는.
func Words(s string) []string {
	var out []string
	for w := range words(s) {
		out = append(out, w)
	}
	return out
}

func words(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		runs(s, wordKind, func(run string, _ kind) bool { return yield(run) })
	}
}

func wordKind(r rune) kind {
	switch {
	case !unicode.IsLetter(r) && !unicode.IsDigit(r):
		return other
	case unicode.Is(unicode.Hangul, r):
		return syllabic
	}
	return word
}

// Keywords returns the words by which texts are compared: numbers and words of
// other scripts in lower case, and bigrams of Hangul, Han and kana, since
// Korean words change their endings. Unlike Terms it keeps particles and does
// not unify compatibility forms: it compares two texts as written.
func Keywords(s string) Set {
	out := Set{}
	runs(s, keywordKind, func(run string, k kind) bool {
		if k == word {
			out[strings.ToLower(run)] = true
			return true
		}
		return bigrams(run, func(pair string) bool {
			out[pair] = true
			return true
		})
	})
	return out
}

func keywordKind(r rune) kind {
	switch {
	case !unicode.IsLetter(r) && !unicode.IsDigit(r):
		return other
	case isSyllabic(r):
		return syllabic
	}
	return word
}

// Share returns the share of the words of one set that another contains, in
// [0,1]. It returns 0 for an empty set.
func Share(of, in Set) float64 {
	if len(of) == 0 {
		return 0
	}
	n := 0
	for w := range of {
		if in[w] {
			n++
		}
	}
	return float64(n) / float64(len(of))
}
