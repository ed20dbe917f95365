package evidence

import (
	"regexp"
	"strconv"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

var (
	yearIn    = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)(?:\D|$)`)
	brackets  = regexp.MustCompile(`[(（\[][^)）\]]*[)）\]]`)
	yearAlone = regexp.MustCompile(`(?:19|20)\d\d년?`)
)

// yearOf is the last year that a text names, 0 without one.
func yearOf(s string) int {
	all := yearIn.FindAllStringSubmatch(s, -1)
	if len(all) == 0 {
		return 0
	}
	year, _ := strconv.Atoi(all[len(all)-1][1])
	return year
}

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
			title := titleOf(p)
			e := edition{p.ID, text.Normalise(yearAlone.ReplaceAllString(brackets.ReplaceAllString(title, ""), "")), yearOf(title)}
			if e.year > 0 && e.work != "" {
				all = append(all, e)
				years[e.work] = append(years[e.work], e.year)
			}
		}
	}
	asked := yearOf(in.Question)
	out := map[string]bool{}
	for _, e := range all {
		if e.year != current(years[e.work], asked) {
			out[e.id] = true
		}
	}
	return out
}

// current is the edition that a question is about: the latest, or the latest up
// to the year that it names if there is one.
func current(years []int, asked int) int {
	latest, upTo := 0, 0
	for _, y := range years {
		latest = max(latest, y)
		if y <= asked {
			upTo = max(upTo, y)
		}
	}
	if upTo > 0 {
		return upTo
	}
	return latest
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
