package text

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	// koreanMonth matches a month in figures before 월.
	koreanMonth = regexp.MustCompile(`(\d{1,2})월`)
	// dated matches a date in figures that begins with the year. Year, month
	// and day are groups 1 to 3 with hyphens, and groups 4 to 6 with full
	// stops.
	dated = regexp.MustCompile(`\b(?:(\d{4})-(\d{2})-(\d{2})\b|(\d{4})\.\s?(\d{1,2})\.\s?(\d{1,2})\b)`)
	// dateBefore matches a Korean date at the end of a text, with the full stop
	// after it: a year and a month, optionally with the day (groups 1 and 2),
	// or a month and a day (groups 3 and 4). Without a space, 3.1. is a
	// decimal.
	dateBefore = regexp.MustCompile(`(?:^|[^\d.])(?:(?:\d{4}|['’]\d{2})\.[ \t]*(\d{1,2})\.(?:[ \t]*(\d{1,2})\.)?|(\d{1,2})\.[ \t]+(\d{1,2})\.)$`)
)

// MonthOf returns the number of a month, 1 to 12, for its English name or
// three-letter abbreviation. It returns 0 for any other word.
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

// Months returns the months that a text names, 1 to 12: by their English names,
// in figures before 월, or within a date in figures. "may" and "march" without
// a capital do not count.
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

// Month is a month as written in a Korean text: 6, "6월".
type Month struct {
	N       int
	Written string
}

// CutMonths removes the Korean months from a text. The year and the day of a
// date stay.
func CutMonths(s string) (rest string, months []Month) {
	rest = koreanMonth.ReplaceAllStringFunc(s, func(written string) string {
		months = append(months, Month{atMost(strings.TrimSuffix(written, "월"), 99), written})
		return " "
	})
	return rest, months
}

// spacedDates puts spaces between the year, the month and the day of each date
// in figures, so that they are separate numbers.
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

// atMost returns a number of one or two digits, or 0 if it is greater than
// most.
func atMost(digits string, most int) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n > most {
		return 0
	}
	return n
}
