package claim

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"selfrag/retrieval/text"
)

// missing refutes a sentence with a number, a month or a name that is in none
// of the passages that the sentence cites. The model is not asked about such a
// sentence. Only a common name (RuleCommon) may be missing from the passages.
func missing(s Sentence, in Sources) Verdict {
	if v := missingNumber(s, in); v.Refuted {
		return v
	}
	return missingName(s, in)
}

// missingNumber refutes a sentence with a number or a Korean month that no
// cited passage contains. Numbers are what text.Numbers returns. A passage
// contains 6월 if it names June or contains the number 6.
func missingNumber(s Sentence, in Sources) Verdict {
	have := map[string]bool{}
	named := map[int]bool{}
	for _, searchable := range in.cited(s) {
		for _, n := range text.Numbers(searchable) {
			have[n] = true
		}
		maps.Copy(named, text.Months(searchable))
	}
	rest, months := text.CutMonths(s.Text)
	if in.applies(RuleNumber) {
		for _, n := range text.Numbers(rest) {
			if !have[n] {
				return refutes(RuleNumber, n)
			}
		}
	}
	if in.applies(RuleMonth) {
		for _, m := range months {
			if !named[m.N] && !have[strconv.Itoa(m.N)] {
				return refutes(RuleMonth, m.Written)
			}
		}
	}
	return Verdict{}
}

// missingName refutes a sentence with a name that no cited passage contains.
// Names are words that are spelled as names (text.Names), including English
// months. It also refutes a sentence that OffSubject refutes.
func missingName(s Sentence, in Sources) Verdict {
	have := map[string]bool{}
	months := map[int]bool{}
	for _, searchable := range in.cited(s) {
		for _, w := range text.Words(text.Fold(searchable)) {
			have[w] = true
		}
		maps.Copy(months, text.Months(searchable))
	}
	for _, name := range text.Names(s.Text) {
		rule, held := RuleName, have[text.Fold(name)] || in.isCommon(text.Fold(name))
		if m := text.MonthOf(name); m > 0 { // "it may move" names no month
			rule, held = RuleMonth, months[m]
		}
		if !held && in.applies(rule) {
			return refutes(rule, name)
		}
	}
	return OffSubject(s, in)
}

// OffSubject refutes a sentence that names the subject of the question if no
// cited passage contains that name. The cited passages are then about something
// else. It does not refute a sentence that cites a passage in another language,
// because that passage may spell the name differently.
func OffSubject(s Sentence, in Sources) Verdict {
	if !in.applies(RuleSubject) {
		return Verdict{}
	}
	for _, name := range in.Subjects.titled {
		if mentions(s.Text, name) && !slices.ContainsFunc(in.cited(s), func(searchable string) bool {
			return strings.Contains(searchable, name) || text.Language(searchable) != text.Language(s.Text)
		}) {
			return refutes(RuleSubject, name)
		}
	}
	return Verdict{}
}
