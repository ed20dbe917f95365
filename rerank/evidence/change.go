package evidence

import (
	"cmp"
	"slices"

	"selfrag/retrieval/text"
)

// Change is two sentences that say the same about one subject with different
// values.
type Change struct {
	Now   Sentence `json:"now"`   // the sentence that holds at the time that the question asks about
	Other Sentence `json:"other"` // the sentence that held before it or will hold after it
	// Since is the date from which Now holds in place of Other, as precise as
	// it is known: 2026, 2026-02 or 2026-02-01.
	Since string `json:"since,omitempty"`
	// Until is the date from which Other holds in place of Now. At most one of
	// Since and Until is set. If neither is, no date decides which sentence
	// holds, and Now is the likelier one.
	Until string `json:"until,omitempty"`
	// By is the place of the date: "sentence", "heading", "title", "document"
	// (elsewhere in it) or "metadata". For metadata, Since is the date of the
	// document and not of the change.
	By string `json:"by,omitempty"`
}

// pair is a change between two candidates, given by their indices.
type pair struct {
	now, other   int
	since, until text.Date
	by           string
}

func (p pair) decided() bool { return !p.since.IsZero() || !p.until.IsZero() }

// findPairs finds the candidates that contradict each other about what a
// question asks, and marks those that do not hold as superseded. If the
// question names a time that only one of two covers, they are no conflict, but
// the other one is still marked.
func findPairs(in Input, all []Sentence, e editions) []pair {
	facts := factsOf(in.Question, all, e)
	alike := likeness(in.Question, facts, e)
	asked := askedTime(in)
	var found []pair
	for i, a := range facts {
		for j, b := range facts[:i] {
			if alike[i][j] == 0 || !mutual(facts, alike, i, j) {
				continue
			}
			p, ok := decide(b, a)
			if !ok {
				continue
			}
			if p.decided() {
				var tell bool
				if p, tell = p.at(asked, in.Question); !tell {
					all[p.other].Signals.Superseded = 1
					continue
				}
				all[p.other].Signals.Superseded = 1
			}
			found = append(found, p)
		}
	}
	return found
}

// at turns a pair to the sentence that holds at a time, and sets until if that
// time is before the change. tell is false if the question itself names a time
// that only one of the two covers.
func (p pair) at(asked span, question string) (turned pair, tell bool) {
	change := p.since.First()
	switch {
	case asked == always && former.MatchString(question):
		return pair{now: p.other, other: p.now, until: p.since, by: p.by}, false
	case asked == always:
		return p, true
	case asked.last < change:
		return pair{now: p.other, other: p.now, until: p.since, by: p.by}, !namesTime(question)
	case asked.first >= change:
		return p, !namesTime(question)
	}
	return p, true
}

// mutual reports whether each of two facts is more like the other than like any
// other fact of the other's document.
func mutual(facts []fact, alike [][]float64, i, j int) bool {
	for n, c := range facts {
		if n != i && n != j && (c.of == facts[j].of && alike[i][n] > alike[i][j] || c.of == facts[i].of && alike[j][n] > alike[i][j]) {
			return false
		}
	}
	return true
}

// decide decides by their dates which of two facts is newer. Dates of sentences
// come before those of headings, and these before those of documents. ok is
// false if both facts hold side by side.
func decide(a, b fact) (p pair, ok bool) {
	for level, by := range []string{"sentence", "heading", "document", "metadata"} {
		older, newer, border := order(a, b, level)
		if border.IsZero() {
			continue
		}
		if by == "document" {
			by = newer.of.by
		}
		return pair{now: newer.i, other: older.i, since: border, by: by}, true
	}
	return pair{now: min(a.i, b.i), other: max(a.i, b.i)}, a.of != b.of
}

// order decides by the dates of one level which of two facts is newer, and from
// when it holds. border is zero if these dates do not decide it.
func order(a, b fact, level int) (older, newer fact, border text.Date) {
	x, y := a.times[level], b.times[level]
	switch {
	case !x.end.IsZero() && y.end.IsZero() && (y.from.IsZero() || y.from.First() >= x.end.First()):
		return a, b, cmp.Or(y.from, x.end)
	case !y.end.IsZero() && x.end.IsZero() && (x.from.IsZero() || x.from.First() >= y.end.First()):
		return b, a, cmp.Or(x.from, y.end)
	case !x.from.IsZero() && !y.from.IsZero():
		switch {
		case x.from.Last() < y.from.First():
			return a, b, y.from
		case y.from.Last() < x.from.First():
			return b, a, x.from
		}
	case level > headingLevel: // both must be dated
	case !x.from.IsZero() && b.day() < x.from.First():
		return b, a, x.from
	case !y.from.IsZero() && a.day() < y.from.First():
		return a, b, y.from
	}
	return a, b, text.Date{}
}

// changes returns the pairs among the found sentences. One of the two sentences
// must be about as likely to answer as the best sentence, if it holds.
func (c CurveSet) changes(pairs []pair, candidates, best []Sentence, k int) []Change {
	var out []Change
	told := map[[2]int]bool{} // overlapping passages contain a sentence twice
	for _, p := range pairs {
		now, other := placeIn(best, candidates[p.now]), placeIn(best, candidates[p.other])
		if now < 0 || other < 0 || now == other {
			continue
		}
		if told[[2]int{now, other}] || told[[2]int{other, now}] {
			continue
		}
		if !p.decided() && other < now {
			now, other = other, now
		}
		held := best[other].Signals
		held.Superseded = 0
		likely := max(best[now].Answers, c.Sentence.Probability(held.list()))
		if now >= k || likely < leastOfBest*best[0].Answers {
			continue
		}
		told[[2]int{now, other}] = true
		out = append(out, Change{Now: best[now], Other: best[other], Since: p.since.String(), Until: p.until.String(), By: p.by})
	}
	slices.SortStableFunc(out, func(a, b Change) int { return cmp.Compare(b.Now.Answers, a.Now.Answers) })
	return out
}

// leastOfBest is the share of the best sentence's P(answers) that a sentence
// needs for its change to be reported. A change of the meal allowance does not
// matter to a question about hotels. Not measured.
const leastOfBest = 0.3

// placeIn returns the index of a candidate, or of a copy of it, among the
// ranked sentences, or -1.
func placeIn(best []Sentence, s Sentence) int {
	key := text.Normalise(s.Text)
	return slices.IndexFunc(best, func(o Sentence) bool { return text.Normalise(o.Text) == key })
}
