package evidence

import (
	"maps"
	"strings"

	"selfrag/retrieval/text"
)

// likeness says of each two facts how much they say the same with different
// values; 0 where they do not.
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

// How alike two sentences must be, by the words that both of them hold beside
// their values: of those of the shorter one, and of all. Editions of one work
// say the same more freely than two documents that nothing ties together. Chosen
// on testdata/changes.txt.
const (
	editionOfShorter, editionOfAll = 0.5, 0.25
	sectionOfShorter, sectionOfAll = 0.6, 0.5
	otherOfAll                     = 0.75
	leastShared                    = 2    // words; Hangul counts by bigrams
	leastCoverage                  = 0.35 // of the question, where that alone ties two sentences together
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

// throughQuestion is how alike two editions' sentences are that share few words,
// but stand under the same heading and are each its document's nearest to the
// question.
func throughQuestion(asked []wordSet, kind text.Kind, a, b fact) float64 {
	if kind == text.AnyKind || a.section == "" || a.section != b.section || !a.likeliest || !b.likeliest || a.isRow || b.isRow || tornApart(asked, a, b, 0) {
		return 0
	}
	if min(a.s.Signals.Coverage, b.s.Signals.Coverage) < leastCoverage {
		return 0
	}
	return 0.5
}

// inOneDocument is how alike two sentences of one document are: they must stand
// under one heading, but for its date, and the sentences or headings must be of
// different times. Rows of a table are not compared.
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

// touching reports whether one time begins where another one ends, or later in
// that year.
func touching(older, newer times) bool {
	return !older.end.IsZero() && !newer.from.IsZero() && older.end.First() <= newer.from.Last() && newer.from.Year == older.end.Year
}

// sameSubject reports whether nothing in the titles and folders of two documents
// tells their subjects apart, beside what the sentences say themselves.
func sameSubject(a, b fact) bool {
	return len(minus(a.of.words, b.of.words, b.words)) == 0 && len(minus(b.of.words, a.of.words, a.words)) == 0 &&
		maps.Equal(a.of.dirs, b.of.dirs) && (a.section == b.section || a.of.work != b.of.work && a.of.words != nil)
}

// tornApart reports whether a word of the question stands in or above one of two
// sentences only: it may be what tells their subjects apart.
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

// askedWords is the terms of each word of a question, without dates, numbers and
// particles.
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

// holds is how many terms of a word stand in a fact or above it.
func (f fact) holds(word wordSet) int {
	n := 0
	for w := range word {
		if f.words[w] || f.above[w] {
			n++
		}
	}
	return n
}

// differ reports whether each of two facts has a value of a unit that the other
// one has not, though it has another one.
func differ(a, b fact) bool {
	for unit, values := range a.values {
		if others, ok := b.values[unit]; ok && len(minus(values, others)) > 0 && len(minus(others, values)) > 0 {
			return true
		}
	}
	return false
}

// mostOfName is how many words, or bigrams, of a sentence are taken for a name
// that another one has not. Not measured.
const mostOfName = 6

// namesDiffer reports whether two sentences are the same but for a name.
func namesDiffer(a, b fact) bool {
	if a.s.Signals.Kind < 0.5 || b.s.Signals.Kind < 0.5 {
		return false
	}
	x, y := len(minus(a.words, b.words)), len(minus(b.words, a.words))
	return x > 0 && y > 0 && x <= mostOfName && y <= mostOfName && sharedOf(a.words, b.words) >= max(leastShared, x, y)
}

// minus is a set without what any of the others hold.
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
