package reading

import (
	"cmp"
	"slices"

	"selfrag/retrieval/text"
)

// mode is the way in which documents are read.
type mode int

const (
	bySection mode = iota // the best sections of all documents
	inTurn                // the best section of each document, then the second best of each, and so on
	whole                 // from beginning to end
)

// isNamed is a share of the words of a document's name. A question names the
// document if it contains at least that share. Not measured.
const isNamed = 0.6

// choose returns at most n documents to read, and the way to read them.
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
		chosen = all
	case text.WantCompare:
		how = inTurn
		if editions := editionsOf(all); len(editions) > 1 && text.Year(in.Question) > 0 {
			chosen = slices.DeleteFunc(editions, func(d *document) bool { return d.subject != editions[0].subject })
		} else if named := named(all); len(named) > 1 {
			chosen = named
		}
	case text.WantList:
		how = inTurn
	}
	return chosen[:min(len(chosen), n)], how
}

// current returns the documents without the editions that a later edition
// supersedes. If the question names a year, it keeps the edition for that year.
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

// named returns the documents that the question names, best match first.
func named(all []*document) []*document {
	out := slices.DeleteFunc(slices.Clone(all), func(d *document) bool { return d.named < isNamed })
	slices.SortStableFunc(out, func(a, b *document) int { return cmp.Compare(b.named, a.named) })
	return out
}

// mostNamed returns a list with one document: the best match among the
// documents that the question names. If the question names no document, the
// list holds the first found document.
func mostNamed(all []*document) []*document {
	if out := named(all); len(out) > 0 {
		return out[:1]
	}
	return all[:min(len(all), 1)]
}

// deepestEdition is the number of first found documents in which editionsOf looks
// for an edition. If the question does not name a subject, editionsOf returns
// the editions of the subject only if one of them is among these documents. The
// value was not measured.
const deepestEdition = 3

// editionsOf returns the editions of each subject, oldest first. The subjects
// are in the order in which they were found. It leaves out subjects with only
// one edition, and subjects that are neither named in the question nor among
// the first found documents (deepestEdition). Titles in two languages cannot be
// compared. So a document without another edition is paired with the first
// found document that has a title in the other language, another year and no
// other edition. The two documents then count as editions of one subject.
func editionsOf(all []*document) []*document {
	var works []string
	of := map[string][]*document{}
	for _, d := range all {
		if d.year == 0 {
			continue
		}
		if of[d.work] == nil {
			works = append(works, d.work)
		}
		of[d.work] = append(of[d.work], d)
	}
	var out []*document
	for i, work := range works {
		if len(of[work]) == 1 {
			first := of[work][0]
			for _, other := range works[i+1:] {
				if len(of[other]) != 1 {
					continue
				}
				if d := of[other][0]; d.year != first.year && text.Language(d.title) != text.Language(first.title) {
					of[work], of[other] = []*document{first, d}, nil
					break
				}
			}
		}
		editions := of[work]
		if len(editions) < 2 || !slices.ContainsFunc(editions, func(d *document) bool { return d.named >= isNamed || slices.Index(all, d) < deepestEdition }) {
			continue
		}
		slices.SortStableFunc(editions, func(a, b *document) int { return cmp.Compare(a.year, b.year) })
		for _, d := range editions {
			d.subject = i
		}
		out = append(out, editions...)
	}
	return out
}
