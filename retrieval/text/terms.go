package text

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// Terms yields the search terms of a text in order, repeats included. The text
// is brought to NFKC and lower case first, so that full-width letters and
// decomposed Hangul (as macOS writes file names) meet their usual form. Latin
// letters lose their marks, runes that are shown as nothing are none, and
// numbers are written out: 3만 and 30,000 are 30000.
//
//   - A run of Hangul, Han or kana becomes its overlapping bigrams, because
//     Korean particles and Japanese and Chinese words have no spaces to split
//     at. A run of one rune is a term by itself. A one-syllable particle at the
//     end of a run is left out: nDCG@10 on autorag-ko is 0.933 without such
//     particles and 0.923 with them. Bigrams across a space (0.931 when added),
//     trigrams, whole runs and single syllables were also measured
//     and found less.
//   - Hanja are not converted to Hangul: that needs a table of readings.
//   - An English plural is not the same term as its singular. Cutting the s
//     finds more on noveleval (nDCG@10 0.669 instead of 0.603) and less on
//     musique-100 (recall@5 0.488 instead of 0.496).
//   - Any other run of letters and digits is one term.
//   - A border between the two kinds of runs splits: "Word2Vec이란" gives
//     word2vec, 이란.
//
// A term contains only letters, marks and digits, and so neither spaces nor
// FTS5 syntax. Stored indexes contain these terms: a change makes the indexes
// stale.
func Terms(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		runs(sameWritten(s), termKind, func(run string, k kind) bool {
			if k == word {
				return yield(run)
			}
			return bigrams(withoutLastParticle(run), yield)
		})
	}
}

func termKind(r rune) kind {
	switch {
	case r <= unicode.MaxASCII:
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return word
		}
		return other
	case isSyllabic(r) && unicode.In(r, unicode.L, unicode.N),
		r == 'ー': // the long-vowel mark is used with both kana and is in neither table
		return syllabic
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return word
	case unicode.IsMark(r):
		return mark
	}
	return other
}

// isSyllabic reports whether a rune belongs to a script that is compared by
// bigrams.
func isSyllabic(r rune) bool {
	return unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// bigrams yields each pair of neighbouring runes of a run, or the run itself if
// it is a single rune. It reports whether to continue.
func bigrams(run string, yield func(string) bool) bool {
	_, size := utf8.DecodeRuneInString(run)
	if size == len(run) {
		return yield(run)
	}
	for begin, middle := 0, size; middle < len(run); {
		_, size = utf8.DecodeRuneInString(run[middle:])
		if !yield(run[begin : middle+size]) {
			return false
		}
		begin, middle = middle, middle+size
	}
	return true
}
