package evidence

import (
	"cmp"
	"slices"

	"selfrag/retrieval/text"
)

// Change is two sentences that say the same of one subject with different values.
type Change struct {
	Now   Sentence `json:"now"`   // what holds at the time that the question asks about
	Other Sentence `json:"other"` // what held before it, or will hold after it
	// Since is the date from which Now has held, in place of Other, as precise as
	// it is known: 2026, 2026-02 or 2026-02-01.
	Since string `json:"since,omitempty"`
	// Until is the date from which Other holds in place of Now. Since and Until are
	// never both there. Without either no date says which one holds, and the likelier
	// one is Now.
	Until string `json:"until,omitempty"`
	// By says where the date stands: in the "sentence", the "heading", the "title",
	// elsewhere in the "document", or in its "metadata". There Since is the day that
	// the document is of, not that of the change.
	By string `json:"by,omitempty"`
}

// pair is a change among candidates, by their places.
type pair struct {
	now, other   int
	since, until text.Date
	by           string
}

func (p pair) decided() bool { return !p.since.IsZero() || !p.until.IsZero() }

// findPairs finds the candidates that contradict one another about what a
// question asks, and marks those that do not hold as superseded. Where the
// question names a time that only one of two covers, the pair is no conflict; the
// other one is marked all the same.
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

// at turns a pair to what holds at a time: until is set where that is before the
// change. tell is false where the question itself names a time that one of the
// two alone covers.
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

// mutual reports whether each of two facts is more like the other one than any
// other fact of that one's document is.
func mutual(facts []fact, alike [][]float64, i, j int) bool {
	for n, c := range facts {
		if n != i && n != j && (c.of == facts[j].of && alike[i][n] > alike[i][j] || c.of == facts[i].of && alike[j][n] > alike[i][j]) {
			return false
		}
	}
	return true
}

// decide says which of two facts is the newer one by their dates: those of the
// sentences before those of headings, and these before those of the documents. ok
// is false where they hold side by side.
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

// order says which of two facts is the newer one by the dates of one level, and
// from when it holds; no date where these do not say it.
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
	case level > headingLevel: // both of them must be dated
	case !x.from.IsZero() && b.day() < x.from.First():
		return b, a, x.from
	case !y.from.IsZero() && a.day() < y.from.First():
		return a, b, y.from
	}
	return a, b, text.Date{}
}

// changes are the pairs of what is found of which one sentence would answer about
// as likely as the best one, if it held.
func (c CurveSet) changes(pairs []pair, candidates, best []Sentence, k int) []Change {
	var out []Change
	told := map[[2]int]bool{} // overlapping passages hold a sentence twice
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

// leastOfBest is the share of the best sentence's P(answers) that one must have
// whose change is told: that of the meal allowance says nothing to who asks about
// hotels. Not measured.
const leastOfBest = 0.3

// placeIn is where a candidate stands among those ranked, as itself or as a copy;
// -1 where it does not.
func placeIn(best []Sentence, s Sentence) int {
	key := text.Normalise(s.Text)
	return slices.IndexFunc(best, func(o Sentence) bool { return text.Normalise(o.Text) == key })
}
