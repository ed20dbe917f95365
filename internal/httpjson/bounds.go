package httpjson

import (
	"regexp"
	"strconv"
	"strings"
)

// These patterns match the minimum and the maximum of a number in a message, in
// English and Korean. The numbers that over and under match are themselves not
// allowed.
var (
	between = regexp.MustCompile(`(?i)(?:between|range(?: of [a-z_]+)?(?: is| of|:)?|from) *[\[(]? *(\d[\d,]*) *(?:,|and|to|-|~|\.\.) *(\d[\d,]*)`)
	atLeast = regexp.MustCompile(`(?i)(?:>=|at least|minimum(?: value)?(?: of| is|:| =)?|greater than or equal to|no less than|not be (?:less|smaller|lower) than) *(\d[\d,]*)|(\d[\d,]*) *(?:토큰 *)?이상`)
	over    = regexp.MustCompile(`(?i)(?:(?:greater|more|larger) than|>) *(\d[\d,]*)|(\d[\d,]*) *(?:보다 (?:커|많)|초과)`)
	atMost  = regexp.MustCompile(`(?i)(?:<=|at most|\bmax(?:imum)?(?: value| allowed| batch size| context length| length| number of [a-z]+)*(?: of| is|:| =)?|less than or equal to|up to|no more than|not (?:be (?:more|greater|larger) than|exceed)|cannot exceed|limit(?: of| is|:)?) *(\d[\d,]*)|(\d[\d,]*) *(?:개 *|토큰 *)?이하|최대 *(\d[\d,]*)`)
	under   = regexp.MustCompile(`(?i)(?:(?:less|smaller|fewer) than|<) *(\d[\d,]*)|(\d[\d,]*) *(?:보다 (?:작|적)|미만)`)
)

// Bounds returns the minimum and the maximum of a number that a message names.
// Each is 0 if the message does not name it.
func Bounds(said string) (least, most int) {
	if m := between.FindStringSubmatch(said); m != nil {
		return number(m[1:2]), number(m[2:3])
	}
	take := func(words *regexp.Regexp) (n int, ok bool) {
		m := words.FindStringSubmatch(said)
		if m == nil {
			return 0, false
		}
		said = strings.Replace(said, m[0], "", 1) // "no less than 16" is not "less than 16" too
		return number(m[1:]), true
	}
	if n, ok := take(atLeast); ok {
		least = n
	} else if n, ok := take(atMost); ok {
		return 0, n
	} else if n, ok := take(over); ok {
		least = n + 1
	}
	if n, ok := take(atMost); ok {
		most = n
	} else if n, ok := take(under); ok {
		most = max(n-1, 0)
	}
	return least, most
}

// number returns the first of the texts that is a number, or 0.
func number(texts []string) int {
	for _, t := range texts {
		if n, err := strconv.Atoi(strings.ReplaceAll(t, ",", "")); err == nil {
			return n
		}
	}
	return 0
}
