package text

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	// koreanMonth is a month in figures before 월.
	koreanMonth = regexp.MustCompile(`(\d{1,2})월`)
	// dated is a date in figures, the year first: its year, month and day, in
	// the groups 1 to 3 with hyphens and 4 to 6 with full stops.
	dated = regexp.MustCompile(`\b(?:(\d{4})-(\d{2})-(\d{2})\b|(\d{4})\.\s?(\d{1,2})\.\s?(\d{1,2})\b)`)
	// dateBefore is a Korean date at the end of a text, with the full stop after
	// it: year and month, perhaps with the day (groups 1 and 2), or month and
	// day (3 and 4). Without a space, 3.1. is a decimal.
	dateBefore = regexp.MustCompile(`(?:^|[^\d.])(?:(?:\d{4}|['’]\d{2})\.[ \t]*(\d{1,2})\.(?:[ \t]*(\d{1,2})\.)?|(\d{1,2})\.[ \t]+(\d{1,2})\.)$`)
)

// MonthOf is the number of a month, 1 to 12, by its English name or the
// abbreviation of three letters; 0 when the word is none.
func MonthOf(w string) int {
	for i, name := range [...]string{
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
	} {
		if strings.EqualFold(w, name) || strings.EqualFold(w, name[:3]) {
			return i + 1
		}
	}
	return 0
}

// Months are the months that a text names, 1 to 12: by their English names, in
// figures before 월, or within a date in figures. Without a capital, "may" and
// "march" are none.
func Months(s string) map[int]bool {
	named := map[int]bool{}
	for w := range words(s) {
		if m := MonthOf(w); m > 0 && w[0] < 'a' {
			named[m] = true
		}
	}
	for _, m := range koreanMonth.FindAllStringSubmatch(s, -1) {
		named[atMost(m[1], 99)] = true
	}
	for _, m := range dated.FindAllStringSubmatch(s, -1) {
		named[atMost(m[2]+m[5], 99)] = true
	}
	return named
}

// Month is a month as a Korean text writes it: 6, "6월".
type Month struct {
	N       int
	Written string
}

// CutMonths takes the Korean months out of a text. What is left of a date is its
// year and day.
func CutMonths(s string) (rest string, months []Month) {
	rest = koreanMonth.ReplaceAllStringFunc(s, func(written string) string {
		months = append(months, Month{atMost(strings.TrimSuffix(written, "월"), 99), written})
		return " "
	})
	return rest, months
}

// spacedDates puts a space between the year, the month and the day of each date
// in figures, so that they are numbers of their own.
func spacedDates(s string) string { return dated.ReplaceAllString(s, "${1}${4} ${2}${5} ${3}${6}") }

// endsInDate reports whether a text ends in a Korean date with its full stop:
// "2026. 3. 1.", "2026.3.", "3. 1.".
func endsInDate(s string) bool {
	m := dateBefore.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	month, day := atMost(m[1]+m[3], 12), 1
	if m[2]+m[4] != "" {
		day = atMost(m[2]+m[4], 31)
	}
	return month > 0 && day > 0
}

// atMost is a number of one or two digits; 0 if it is greater than most.
func atMost(digits string, most int) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n > most {
		return 0
	}
	return n
}
