package text

import (
	"regexp"
	"strconv"
)

var (
	yearIn    = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)(?:\D|$)`)
	brackets  = regexp.MustCompile(`[(（\[][^)）\]]*[)）\]]`)
	yearAlone = regexp.MustCompile(`(?:19|20)\d\d년?`)
)

// Year returns the last year that a text names, or 0.
func Year(s string) int {
	all := yearIn.FindAllStringSubmatch(s, -1)
	if len(all) == 0 {
		return 0
	}
	year, _ := strconv.Atoi(all[len(all)-1][1])
	return year
}

// Edition returns the work that a title names, without brackets and years, and
// the year in the title, or 0. Documents of one work and different years are
// editions of it.
func Edition(title string) (work string, year int) {
	return Normalise(yearAlone.ReplaceAllString(brackets.ReplaceAllString(title, ""), "")), Year(title)
}

// CurrentEdition returns the year of the edition that a question is about.
// asked is the year that the question names, or 0. The result is the latest of
// years up to asked if there is one, and otherwise the latest of all.
func CurrentEdition(years []int, asked int) int {
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
