package reading

import (
	"cmp"
	"slices"

	"selfrag/retrieval/text"
)

// The weights of three values in [0,1]. The score of a section is their
// weighted sum. weightEvidence is for the probability that the section's best
// sentence answers the question. weightPlace is for the rank of the best found
// passage in the section (1 for the first, 1/2 for the second, and so on).
// weightWords is for the share of the question's words that the section
// contains. Chosen once, not fitted; no other weights were measured.
const (
	weightEvidence = 1.0
	weightPlace    = 0.5
	weightWords    = 0.5
	// A section scores at least this share of the score of its parent section.
	// Not measured.
	weightAbove = 0.9
)

// rate sets the score of each section of a document. A higher score means that
// the section is more likely needed.
func rate(in Input, d *document) {
	asked := text.Keywords(text.WithoutAsking(in.Question))
	for i := range d.sections {
		s := &d.sections[i]
		s.score = weightWords * text.Share(asked, text.Keywords(d.title+"\n"+s.path+"\n"+s.text()))
		likeliest := 0.0
		for _, e := range in.Evidence {
			if e.Document == d.id && e.Source == d.source && e.Start >= s.span.Start && e.Start < s.span.End {
				likeliest = max(likeliest, e.Answers)
			}
		}
		place := 0.0
		for j, p := range d.found {
			held := min(p.End, s.span.End) - max(p.Start, s.span.Start)
			if 2*held >= min(p.End-p.Start, s.span.End-s.span.Start) {
				place = max(place, 1/float64(d.places[j]+1))
			}
		}
		s.score += weightEvidence*likeliest + weightPlace*place
	}
	for i := range d.sections {
		if above := d.sections[i].above; above >= 0 && above < i {
			d.sections[i].score = max(d.sections[i].score, weightAbove*d.sections[above].score)
		}
	}
}

// take marks the sections to read, up to a number of tokens. The first section
// is always marked. Sections that score less than a share of the best one before
// them are not, unless documents are read from beginning to end.
func take(mode mode, chosen []*document, tokens int, least float64) {
	best := 0.0
	for i, s := range queue(mode, chosen, tokens) {
		if best = max(best, s.score); mode != whole && s.score < least*best {
			continue
		}
		if i > 0 && s.tokens > tokens {
			if mode == whole && len(chosen) == 1 { // stop here, because the text after a skipped section would not follow
				return
			}
			continue
		}
		s.taken = true
		tokens -= s.tokens
	}
}

// queue returns the sections of the documents in the order in which take
// considers them.
func queue(mode mode, chosen []*document, tokens int) []*section {
	var out []*section
	each := make([][]*section, len(chosen))
	for i, d := range chosen {
		for j := range d.sections {
			each[i] = append(each[i], &d.sections[j])
		}
		if mode != whole || tooLong(chosen, d, tokens) {
			slices.SortStableFunc(each[i], better)
		}
	}
	switch {
	case mode == bySection:
		out = slices.Concat(each...)
		slices.SortStableFunc(out, better)
	case mode == whole:
		for from := 0; from < len(chosen); {
			to := from + 1
			for to < len(chosen) && chosen[to].subject == chosen[from].subject {
				to++
			}
			if tooLong(chosen, chosen[from], tokens) {
				pair(each[from:to])
			}
			out = append(out, inTurns(each[from:to])...)
			from = to
		}
	default:
		out = inTurns(each)
	}
	return out
}

// tooLong reports whether the document and its other editions together have
// more than the given number of tokens. In that case the best sections of each
// edition are read, and not its beginning. A document without other editions is
// still read from its beginning.
func tooLong(chosen []*document, d *document, tokens int) bool {
	editions := 0
	for _, other := range chosen {
		if other.subject == d.subject {
			editions++
			for _, s := range other.sections {
				tokens -= s.tokens
			}
		}
	}
	return editions > 1 && tokens < 0
}

// pair sorts the sections of older editions by the headings of the newest one,
// so that what an edition says is read beside what another says of the same.
// Sections without a counterpart come last.
func pair(editions [][]*section) {
	newest := editions[len(editions)-1]
	place := map[string]int{}
	for i, s := range newest {
		if _, twice := place[headingWords(s)]; !twice {
			place[headingWords(s)] = i
		}
	}
	at := func(s *section) int {
		if i, ok := place[headingWords(s)]; ok {
			return i
		}
		return len(newest)
	}
	for _, older := range editions[:len(editions)-1] {
		slices.SortStableFunc(older, func(a, b *section) int { return cmp.Compare(at(a), at(b)) })
	}
}

// headingWords returns the words of a section's heading without its number and
// its year, which differ between editions.
func headingWords(s *section) string {
	words, _ := text.Edition(text.TrimListMark(s.heading))
	return words
}

// inTurns returns the first section of each list, then the second of each, and
// so on.
func inTurns(each [][]*section) []*section {
	var out []*section
	for n := 0; ; n++ {
		before := len(out)
		for _, sections := range each {
			if n < len(sections) {
				out = append(out, sections[n])
			}
		}
		if len(out) == before {
			return out
		}
	}
}

func better(a, b *section) int { return cmp.Compare(b.score, a.score) }

// ordered returns the documents in the order in which they are read. Documents
// that are read whole, such as editions, keep their order. Other documents are
// sorted by the score of their best section.
func ordered(mode mode, chosen []*document) []*document {
	if mode == whole {
		return chosen
	}
	best := func(d *document) (most float64) {
		for _, s := range d.sections {
			if s.taken {
				most = max(most, s.score)
			}
		}
		return most
	}
	out := slices.Clone(chosen)
	slices.SortStableFunc(out, func(a, b *document) int { return cmp.Compare(best(b), best(a)) })
	return out
}
