package text

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Date is a day, or a whole month or year; Day, or Month and Day, are 0 then.
// The zero value is no date.
type Date struct{ Year, Month, Day int }

// String returns a date in ISO 8601 with the precision that it has: 2026,
// 2026-02, 2026-02-01. It returns "" for no date.
func (d Date) String() string {
	switch {
	case d.Year == 0:
		return ""
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d.Year == 0 }

// First returns the first day of a date, as a number that grows with time.
func (d Date) First() int { return d.Year*10000 + max(d.Month, 1)*100 + max(d.Day, 1) }

// Last returns the last day of a date, as such a number. Every month counts 31
// days.
func (d Date) Last() int {
	return d.Year*10000 + cmp.Or(d.Month, 12)*100 + cmp.Or(d.Day, 31)
}

// Next returns the day, month or year after a date, with the date's precision.
func (d Date) Next() Date {
	switch {
	case d.Month == 0:
		return Date{Year: d.Year + 1}
	case d.Day == 0 && d.Month == 12, d.Month == 12 && d.Day >= 31:
		return Date{d.Year + 1, 1, min(d.Day, 1)}
	case d.Day == 0:
		return Date{Year: d.Year, Month: d.Month + 1}
	case d.Day >= daysOf(d.Year, d.Month):
		return Date{d.Year, d.Month + 1, 1}
	}
	return Date{d.Year, d.Month, d.Day + 1}
}

func daysOf(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// Bound says how a text uses a date as a bound of a period.
type Bound int

// A date may begin or end a period, or do neither.
const (
	NoBound Bound = iota
	From          // since 2026, 2026년부터
	Until         // until 2026, 2026년까지: includes the last day of the date
	Before        // before 2026, 2026년 이전: excludes the first day of the date
)

// DateIn is a date in the bytes Start to End of a text. If it has a bound,
// these bytes include the word for the bound.
type DateIn struct {
	Date
	Bound      Bound
	Start, End int
}

const monthNames = `(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)`

var (
	// dateWithYear matches a date with its year. Each alternative is one way of
	// writing, with groups of its own.
	dateWithYear = regexp.MustCompile(`\b((?:19|20)\d\d)-(\d{2})(?:-(\d{2}))?\b` +
		`|\b((?:19|20)\d\d)년(?:\s?(\d{1,2})월(?:\s?(\d{1,2})일)?)?` +
		`|\b((?:19|20)\d\d)\.\s?(\d{1,2})\.(?:\s?(\d{1,2})\b\.?)?` +
		`|\b(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?(` + monthNames + `)\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?((?:19|20)\d\d)\b` +
		`|\b((?:19|20)\d\d)\b`)
	notYear   = regexp.MustCompile(`^(?:[,.:]\d|\s?(?:원|명|개|만|won|people|customers|km|kilomet|units|%))`)
	boundWord = regexp.MustCompile(`(?i)(?:\b(since|from|as of|starting(?: (?:in|on))?|beginning(?: (?:in|on))?|effective(?: (?:from|on))?)|\b(until|till|through|up to)|\b(before|prior to))\s+(?:the\s+(?:end|beginning|start)\s+of\s+)?$`)
	boundMark = regexp.MustCompile(`^\s?(?:(?:초|말|상반기|하반기)\s?)?(?:(부터|이후)|(까지)|(이전|전))(?:에|는|에는|의)?`)
)

// longestBound is the length in bytes of the longest words before a date that
// boundWord matches, with some spaces and the letter before them.
const longestBound = 64

// mayHoldYear reports whether a text holds the digits of a year from 1900 to
// 2099. It spares most sentences the slow pattern of Dates.
func mayHoldYear(s string) bool {
	for i := range len(s) - 3 {
		if century := s[i : i+2]; (century == "19" || century == "20") && isDigit(s[i+2]) && isDigit(s[i+3]) {
			return true
		}
	}
	return false
}

// Dates returns the dates in a text that have a year, in order.
func Dates(s string) []DateIn {
	if !mayHoldYear(s) {
		return nil
	}
	var out []DateIn
	for _, m := range dateWithYear.FindAllStringSubmatchIndex(s, -1) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return s[m[2*i]:m[2*i+1]]
		}
		d := Date{Year: number4(group(1) + group(4) + group(7) + group(13) + group(14))}
		d.Month = cmp.Or(atMost(group(2)+group(5)+group(8), 12), monthBeginning(group(11)))
		if d.Month > 0 {
			d.Day = atMost(group(3)+group(6)+group(9)+cmp.Or(group(10), group(12)), daysOf(d.Year, d.Month))
		}
		if group(14) != "" && (notYear.MatchString(s[m[1]:]) || m[0] > 0 && strings.ContainsRune(",.$€£-", rune(s[m[0]-1]))) {
			continue
		}
		found := DateIn{Date: d, Start: m[0], End: m[1]}
		begin := max(0, m[0]-longestBound)
		if b := boundWord.FindStringSubmatchIndex(s[begin:m[0]]); b != nil {
			found.Start = begin + b[0]
			found.Bound = boundOf(b)
		} else if b := boundMark.FindStringSubmatchIndex(s[m[1]:]); b != nil {
			found.End += b[1]
			found.Bound = boundOf(b)
		}
		out = append(out, found)
	}
	return out
}

// boundOf returns the bound whose group matched. The groups are in the order of
// the bounds.
func boundOf(match []int) Bound {
	for _, b := range []Bound{From, Until, Before} {
		if match[2*int(b)] >= 0 {
			return b
		}
	}
	return NoBound
}

func number4(digits string) int {
	n, _ := strconv.Atoi(digits) // the pattern allows only four digits
	return n
}

func monthBeginning(name string) int {
	if len(name) < 3 {
		return 0
	}
	return MonthOf(name[:3])
}
