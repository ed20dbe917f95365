package evidence

import (
	"maps"
	"math"
	"regexp"
	"slices"

	"selfrag/retrieval/text"
)

// span is a time from its first to its last day, numbered as in text.Date.
type span struct{ first, last int }

// always is the time that a question without a date asks about.
var always = span{math.MinInt, math.MaxInt}

func (s span) meets(o span) bool { return s.first <= o.last && o.first <= s.last }

// former matches the words with which questions ask about the state before the
// last change.
var former = regexp.MustCompile(`(?i)\b(?:previous|former|earlier|superseded|outdated|old) (?:policy|policies|rules?|edition|version|guide|guidelines|limit|allowance|rate|fares?)\b|\b(?:previously|formerly)\b|\bbefore the (?:change|revision|new)\b|(?:예전|종전|이전|옛|기존|구) ?(?:기준|규정|정책|지침|안내|요금|한도|수당)|(?:바뀌기|개정되기|고치기|개정) 전|예전에는|이전에는`)

// askedTime returns the time that a question asks about: the span of its dates,
// today, or always.
func askedTime(in Input) span {
	asked := span{math.MaxInt, math.MinInt}
	for _, d := range text.Dates(in.Question) {
		s := span{d.First(), d.Last()}
		switch d.Bound {
		case text.Before:
			s = span{math.MinInt, d.First() - 1}
		case text.Until:
			s.first = math.MinInt
		}
		asked.first, asked.last = min(asked.first, s.first), max(asked.last, s.last)
	}
	switch {
	case asked.first <= asked.last:
		return asked
	case !in.Today.IsZero():
		year, month, day := in.Today.Date()
		now := text.Date{Year: year, Month: int(month), Day: day}.First()
		return span{now, now}
	}
	return always
}

// namesTime reports whether a question names the time that it asks about.
func namesTime(question string) bool { return len(text.Dates(question)) > 0 }

// currentOf returns the first day of the edition that a question is about: the
// last edition in force at the time that it asks about, or the last of all. A
// question about the former state is about the last but one.
func currentOf(list []*document, asked span, question string) int {
	days := make([]int, 0, len(list))
	for _, d := range list {
		days = append(days, d.from.First())
	}
	slices.Sort(days)
	days = slices.Compact(days)
	if n := len(days); n > 1 && asked == always && former.MatchString(question) {
		return days[n-2]
	}
	current := days[len(days)-1]
	for i, day := range days {
		held := span{day, math.MaxInt}
		if i+1 < len(days) {
			held.last = days[i+1] - 1
		}
		if held.meets(asked) {
			current = day
		}
	}
	return current
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
