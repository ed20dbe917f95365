package evidence

import (
	"maps"
	"strings"

	"selfrag/retrieval/text"
)

// likeness returns for each pair of facts how much they say the same with
// different values. It is 0 if they do not.
func likeness(question string, facts []fact, e editions) [][]float64 {
	alike := make([][]float64, len(facts))
	for i := range facts {
		alike[i] = make([]float64, len(facts))
	}
	asked := askedWords(question)
	kind := text.AsksFor(question)
	for i, a := range facts {
		for j, b := range facts[:i] {
			alike[i][j] = like(asked, kind, a, b, e)
			alike[j][i] = alike[i][j]
		}
	}
	return alike
}

// The least likeness of two sentences, by the words that they share apart from
// their values: as a share of the words of the shorter one, and of the words of
// both. Editions of one work may differ more in wording than two unrelated
// documents. Chosen on testdata/changes.txt.
const (
	editionOfShorter, editionOfAll = 0.5, 0.25
	sectionOfShorter, sectionOfAll = 0.6, 0.5
	otherOfAll                     = 0.75
	leastShared                    = 2    // words; bigrams in Hangul
	leastCoverage                  = 0.35 // of the question, if only the question connects two sentences
)

func like(asked []wordSet, kind text.Kind, a, b fact, e editions) float64 {
	if text.Normalise(a.s.Text) == text.Normalise(b.s.Text) || a.hedge != b.hedge || a.bound*b.bound < 0 {
		return 0
	}
	naming := kind == text.PersonKind || kind == text.PlaceKind
	if !naming && !differ(a, b) || naming && !namesDiffer(a, b) {
		return 0
	}
	if !naming && len(minus(a.names, b.names, b.words)) > 0 && len(minus(b.names, a.names, a.words)) > 0 {
		return 0 // in Korea, in Europe
	}
	if len(a.counts) > 0 && len(b.counts) > 0 && !maps.Equal(a.counts, b.counts) {
		return 0 // one zone, two zones
	}
	editions := e.same(a.of, b.of)
	if text.Language(a.s.Text) != text.Language(b.s.Text) {
		if editions && a.likeliest && b.likeliest && kind != text.AnyKind && a.s.Signals.Cosine > 0 && !naming {
			return 0.5
		}
		return 0
	}
	if len(minus(a.subject, b.words, b.above)) > 0 || len(minus(b.subject, a.words, a.above)) > 0 {
		if !editions || a.isRow || b.isRow {
			return 0
		}
		return throughQuestion(asked, kind, a, b)
	}
	shared := sharedOf(a.words, b.words)
	ofShorter := float64(shared) / float64(max(1, min(len(a.words), len(b.words))))
	ofAll := float64(shared) / float64(max(1, len(a.words)+len(b.words)-shared))
	switch {
	case editions:
		if shared >= leastShared && ofShorter >= editionOfShorter && ofAll >= editionOfAll && !tornApart(asked, a, b, ofShorter) {
			return 1 + ofShorter + ofAll
		}
		return throughQuestion(asked, kind, a, b)
	case a.of == b.of:
		return inOneDocument(a, b, ofShorter, ofAll)
	case ofAll >= otherOfAll && shared > leastShared && len(a.names) == sharedOf(a.names, b.names) && len(b.names) == len(a.names) && sameSubject(a, b):
		return 1 + ofShorter + ofAll
	}
	return 0
}

// throughQuestion returns the likeness of two sentences of different editions
// that share few words. They count as alike if they stand under the same
// heading and each is the sentence of its document nearest to the question.
func throughQuestion(asked []wordSet, kind text.Kind, a, b fact) float64 {
	if kind == text.AnyKind || a.section == "" || a.section != b.section || !a.likeliest || !b.likeliest || a.isRow || b.isRow || tornApart(asked, a, b, 0) {
		return 0
	}
	if min(a.s.Signals.Coverage, b.s.Signals.Coverage) < leastCoverage {
		return 0
	}
	return 0.5
}

// inOneDocument returns the likeness of two sentences of one document. They
// must stand under the same heading, apart from its date, and the sentences or
// headings must belong to different times. Rows of a table are not compared.
func inOneDocument(a, b fact, ofShorter, ofAll float64) float64 {
	if a.isRow || b.isRow || a.section != b.section {
		return 0
	}
	for level := range headingLevel + 1 {
		older, newer, border := order(a, b, level)
		switch {
		case border.IsZero():
		case ofShorter >= sectionOfShorter && ofAll >= sectionOfAll:
			return 1 + ofShorter + ofAll
		case older.s.Passage == newer.s.Passage && touching(older.times[level], newer.times[level]):
			return 0.5
		}
	}
	return 0
}

// touching reports whether the newer time begins at the end of the older one or
// later in that year.
func touching(older, newer times) bool {
	return !older.end.IsZero() && !newer.from.IsZero() && older.end.First() <= newer.from.Last() && newer.from.Year == older.end.Year
}

// sameSubject reports whether the titles and folders of two documents give no
// sign of different subjects, apart from words that the sentences themselves
// contain.
func sameSubject(a, b fact) bool {
	return len(minus(a.of.words, b.of.words, b.words)) == 0 && len(minus(b.of.words, a.of.words, a.words)) == 0 &&
		maps.Equal(a.of.dirs, b.of.dirs) && (a.section == b.section || a.of.work != b.of.work && a.of.words != nil)
}

// tornApart reports whether a word of the question is in or above only one of
// two sentences. Such a word may distinguish their subjects.
func tornApart(asked []wordSet, a, b fact, ofShorter float64) bool {
	if ofShorter >= 0.8 {
		return false
	}
	for _, w := range asked {
		inA, inB := a.holds(w), b.holds(w)
		if inA == len(w) && inB == 0 || inB == len(w) && inA == 0 {
			return true
		}
	}
	return false
}

// askedWords returns the terms of each word of a question, without dates,
// numbers and particles.
func askedWords(question string) []wordSet {
	var out []wordSet
	for _, w := range strings.Fields(text.WithoutAsking(withoutDates(question))) {
		if stem, ok := text.TrimParticle(w); ok {
			w = stem
		} else if r := []rune(w); len(r) == 2 && strings.ContainsRune("은는을를", r[1]) {
			w = string(r[:1])
		}
		terms := wordsOf(w)
		maps.DeleteFunc(terms, func(w string, _ bool) bool { return strings.Trim(w, "0123456789") == "" })
		if len(terms) > 0 {
			out = append(out, terms)
		}
	}
	return out
}

// holds returns the number of terms of a word in a fact or above it.
func (f fact) holds(word wordSet) int {
	n := 0
	for w := range word {
		if f.words[w] || f.above[w] {
			n++
		}
	}
	return n
}

// differ reports whether two facts have different values of the same unit.
func differ(a, b fact) bool {
	for unit, values := range a.values {
		if others, ok := b.values[unit]; ok && len(minus(values, others)) > 0 && len(minus(others, values)) > 0 {
			return true
		}
	}
	return false
}

// mostOfName is the largest number of words (or bigrams) that may differ
// between two sentences for the difference to be a name. Not measured.
const mostOfName = 6

// namesDiffer reports whether two sentences are the same except for a name.
func namesDiffer(a, b fact) bool {
	if a.s.Signals.Kind < 0.5 || b.s.Signals.Kind < 0.5 {
		return false
	}
	x, y := len(minus(a.words, b.words)), len(minus(b.words, a.words))
	return x > 0 && y > 0 && x <= mostOfName && y <= mostOfName && sharedOf(a.words, b.words) >= max(leastShared, x, y)
}

// minus returns a set without the members of the other sets.
func minus(of wordSet, others ...wordSet) wordSet {
	out := wordSet{}
	for w := range of {
		held := false
		for _, o := range others {
			held = held || o[w]
		}
		if !held {
			out[w] = true
		}
	}
	return out
}

func sharedOf(a, b wordSet) int {
	n := 0
	for w := range a {
		if b[w] {
			n++
		}
	}
	return n
}
