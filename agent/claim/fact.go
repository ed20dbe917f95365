package claim

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"selfrag/retrieval/text"
)

// missing refutes a sentence with a number, a month or a name that none of its
// passages holds. Such a sentence is not supported, whatever a model says. Only
// common names may be missing.
func missing(s Sentence, in Sources) Verdict {
	if v := missingNumber(s, in); v.Refuted {
		return v
	}
	return missingName(s, in)
}

// missingNumber checks numbers, as text.Numbers reads them, and Korean months.
// A passage holds 6월 if it names June or has the number.
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

// missingName checks the names that the spelling of the sentence marks,
// including months, and the subject of the question.
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

// OffSubject refutes a sentence that names the subject of the question although
// none of its passages does: the passages are about something else. It does not
// apply to passages in another language, which spell the name differently.
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
