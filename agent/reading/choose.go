package reading

import (
	"cmp"
	"slices"

	"selfrag/retrieval/text"
)

// mode is how documents are read.
type mode int

const (
	bySection mode = iota // the best sections of all
	inTurn                // the best section of each document, then the next of each
	whole                 // from the beginning to the end
)

// isNamed is the share of a document's name from which a question names it. Not
// measured.
const isNamed = 0.6

// choose picks the documents to read, at most n, and how.
func choose(in Input, all []*document, n int) ([]*document, mode) {
	how := bySection
	chosen := current(in.Question, all)
	switch in.Want {
	case text.WantSummary:
		chosen, how = mostNamed(chosen), whole
	case text.WantChanged:
		if editions := editionsOf(all); len(editions) > 1 {
			return editions[:min(len(editions), n)], whole
		}
	case text.WantCompare:
		how = inTurn
		if editions := editionsOf(all); len(editions) > 1 && text.Year(in.Question) > 0 {
			chosen = editions
		} else if named := named(all); len(named) > 1 {
			chosen = named
		}
	case text.WantList:
		how = inTurn
	}
	return chosen[:min(len(chosen), n)], how
}

// current leaves out the editions that another takes the place of.
func current(question string, all []*document) []*document {
	years := map[string][]int{}
	for _, d := range all {
		years[d.work] = append(years[d.work], d.year)
	}
	asked := text.Year(question)
	return slices.DeleteFunc(slices.Clone(all), func(d *document) bool {
		return d.work != "" && d.year > 0 && d.year != text.CurrentEdition(years[d.work], asked)
	})
}

// named are the documents that the question names, best named first.
func named(all []*document) []*document {
	out := slices.DeleteFunc(slices.Clone(all), func(d *document) bool { return d.named < isNamed })
	slices.SortStableFunc(out, func(a, b *document) int { return cmp.Compare(b.named, a.named) })
	return out
}

// mostNamed is the document that the question names, or else the best found.
func mostNamed(all []*document) []*document {
	if out := named(all); len(out) > 0 {
		return out[:1]
	}
	return all[:min(len(all), 1)]
}

// fewestEditions is how far down what was found the first edition may stand. Not
// measured.
const deepestEdition = 3

// editionsOf are the editions of one subject, oldest first, of the best found
// document that has others. Titles in two languages cannot be compared: where no
// title has another edition, the best found one with another year in another
// language is one.
func editionsOf(all []*document) []*document {
	for i, first := range all[:min(len(all), deepestEdition)] {
		if first.year == 0 {
			continue
		}
		out := []*document{first}
		for _, d := range all {
			if d != first && d.year > 0 && d.year != first.year && d.work == first.work {
				out = append(out, d)
			}
		}
		for _, d := range all[i+1:] {
			if len(out) == 1 && d.year > 0 && d.year != first.year && text.Language(d.title) != text.Language(first.title) {
				out = append(out, d)
			}
		}
		if len(out) > 1 {
			slices.SortStableFunc(out, func(a, b *document) int { return cmp.Compare(a.year, b.year) })
			return out
		}
	}
	return nil
}
