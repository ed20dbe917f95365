package evidence

import (
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// superseded says which passages, by id, are of an edition that another candidate
// takes the place of: their titles differ in nothing but a year.
func superseded(in Input) map[string]bool {
	type edition struct {
		id, work string
		year     int
	}
	var all []edition
	years := map[string][]int{}
	for _, list := range [][]retrieval.Passage{in.Passages, in.Rest} {
		for _, p := range list {
			e := edition{id: p.ID}
			e.work, e.year = text.Edition(titleOf(p))
			if e.year > 0 && e.work != "" {
				all = append(all, e)
				years[e.work] = append(years[e.work], e.year)
			}
		}
	}
	asked := text.Year(in.Question)
	out := map[string]bool{}
	for _, e := range all {
		if e.year != text.CurrentEdition(years[e.work], asked) {
			out[e.id] = true
		}
	}
	return out
}

// titleOf is a passage's title, or the first line of a text that begins its
// document, as plain text files have it.
func titleOf(p retrieval.Passage) string {
	if p.Title != "" || p.Start > 0 {
		return p.Title
	}
	line, _, _ := strings.Cut(strings.TrimSpace(p.Text), "\n")
	return line
}
