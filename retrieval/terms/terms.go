// Package terms cuts texts into the terms that lexical search counts, the same
// for documents and for queries and in every store.
package terms

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Each yields the search terms of a text in order, repeats included. The text
// is brought to NFKC and lower case first, so that full-width letters and
// decomposed Hangul (as macOS writes file names) meet their usual form.
//
//   - A run of Hangul, Han or kana becomes its overlapping bigrams, because
//     Korean particles and Japanese and Chinese words carry no spaces to split
//     at; a run of one rune is a term by itself.
//   - Any other run of letters and digits is one term.
//   - A border between the two splits: "Word2Vec이란" is word2vec, 이란.
//
// A term holds letters, marks and digits only, hence neither space nor
// FTS5 syntax.
func Each(text string, yield func(term string)) {
	text = strings.ToLower(norm.NFKC.String(text))
	begin, kind := 0, other
	for i, r := range text {
		k := kindOf(r)
		if k == mark { // belongs to what it stands on
			k = kind
		}
		if k == kind {
			continue
		}
		emit(text[begin:i], kind, yield)
		begin, kind = i, k
	}
	emit(text[begin:], kind, yield)
}

// The kinds of runes that runs are made of.
type kind int

const (
	other    kind = iota // spaces, punctuation, symbols: separate runs
	mark                 // combining marks: continue a run
	word                 // letters and digits of scripts with words
	syllabic             // Hangul, Han, kana
)

func kindOf(r rune) kind {
	switch {
	case r <= unicode.MaxASCII:
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return word
		}
		return other
	case unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana) && unicode.In(r, unicode.L, unicode.N),
		r == 'ー': // the long-vowel mark belongs to both kana and is in neither table
		return syllabic
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return word
	case unicode.IsMark(r):
		return mark
	}
	return other
}

func emit(run string, k kind, yield func(string)) {
	switch {
	case k == word:
		yield(run)
	case k == syllabic:
		bigrams(run, yield)
	}
}

// bigrams yields each two neighbouring runes of a run, or the run itself when
// it is one rune.
func bigrams(run string, yield func(string)) {
	runes := []rune(run)
	if len(runes) == 1 {
		yield(run)
	}
	for i := 1; i < len(runes); i++ {
		yield(string(runes[i-1 : i+1]))
	}
}
