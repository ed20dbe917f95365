package agent

import (
	"regexp"
	"strconv"
	"strings"

	"selfrag/retrieval"
)

// A month is told by its name, in figures before 월, or as the middle of a date
// in figures, the year first.
var (
	koreanMonth = regexp.MustCompile(`(\d{1,2})월`)
	datedMonth  = regexp.MustCompile(`\b\d{4}(?:-(\d{2})-\d{2}\b|\.\s?(\d{1,2})\.\s?\d{1,2}\b)`)
)

// monthOf is the number of a month by its English name or the abbreviation of
// three letters; 0 when the word is none.
func monthOf(word string) int {
	for i, name := range [...]string{
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
	} {
		if strings.EqualFold(word, name) || strings.EqualFold(word, name[:3]) {
			return i + 1
		}
	}
	return 0
}

// months are the months that a text tells. Without a capital, "may" and
// "march" are none.
func months(text string) map[int]bool {
	told := map[int]bool{}
	for _, w := range words(text) {
		if m := monthOf(w); m > 0 && w[0] < 'a' {
			told[m] = true
		}
	}
	for _, found := range append(koreanMonth.FindAllStringSubmatch(text, -1), datedMonth.FindAllStringSubmatch(text, -1)...) {
		m, _ := strconv.Atoi(strings.Join(found[1:], "")) // one of the groups: digits
		told[m] = true
	}
	return told
}

// withoutMonths leaves out of a text the Korean months that passages tell,
// in whatever language: what is left of a date must be there as it is.
func withoutMonths(text string, told map[int]bool) string {
	return koreanMonth.ReplaceAllStringFunc(text, func(month string) string {
		if m, _ := strconv.Atoi(strings.TrimSuffix(month, "월")); told[m] {
			return " "
		}
		return month
	})
}

// monthsOf are the months that the passages of a sentence tell.
func monthsOf(s Sentence, passages []retrieval.Passage) map[int]bool {
	told := map[int]bool{}
	for _, i := range s.Passages {
		for m := range months(passages[i].Searchable()) {
			told[m] = true
		}
	}
	return told
}
