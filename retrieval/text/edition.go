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

// Year is the last year that a text names, 0 without one.
func Year(s string) int {
	all := yearIn.FindAllStringSubmatch(s, -1)
	if len(all) == 0 {
		return 0
	}
	year, _ := strconv.Atoi(all[len(all)-1][1])
	return year
}

// Edition is what a title names, without brackets and years, and the year in it,
// 0 without one. Documents of one work and different years are its editions.
func Edition(title string) (work string, year int) {
	return Normalise(yearAlone.ReplaceAllString(brackets.ReplaceAllString(title, ""), "")), Year(title)
}

// CurrentEdition is the year of the edition that a question is about, of those
// that there are: the latest, or the latest up to the year that it names if there
// is one. asked is that year, or 0.
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
