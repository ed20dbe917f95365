package questions

import (
	"regexp"
	"slices"
	"strings"

	"selfrag/retrieval/text"
)

// limit is a bound or a direction that a sentence gives its answer, such as
// "within 2 hours". A question that asks without it asks for something else: "how
// long must it be reported?".
type limit struct {
	before, after *regexp.Regexp // at the end of the text before the answer, at the beginning of the text after it; may be nil
	asked         *regexp.Regexp // in the question
}

var limits = []limit{
	{regexp.MustCompile(`(?i)\bwithin(?: about)?\s*$`), nil, regexp.MustCompile(`(?i)\bwithin\b|\bbefore\b|\bby when\b|\bsoon\b|\bquickly\b|\bdeadline\b|\blatest\b|\blimit\b`)},
	{regexp.MustCompile(`(?i)\b(?:than|least|most|up to|over|exceeds?|maximum of|minimum of)\s*$`), nil, regexp.MustCompile(`(?i)\bthan\b|\bleast\b|\bmost\b|\bup to\b|\bover\b|\bmaximum\b|\bminimum\b|\blimit\b|\bexceed|\bmay\b|\bcan\b`)},
	{nil, regexp.MustCompile(`(?i)^\s*(?:before|after|later|earlier|ago)\b`), regexp.MustCompile(`(?i)\b(?:before|after|later|earlier|ago|in advance|ahead|notice|pass|when)\b`)},
	{regexp.MustCompile(`(?i)\b(?:until|till|by)\s*$`), nil, regexp.MustCompile(`(?i)\b(?:until|till|by|deadline|latest|end|due)\b`)},
	{nil, regexp.MustCompile(`(?i)^\s*(?:안에|이내)`), regexp.MustCompile(`(?i)안에|이내|까지|기한|안으로`)},
	{nil, regexp.MustCompile(`(?i)^\s*(?:이상|넘|초과)`), regexp.MustCompile(`(?i)이상|넘|초과|최소|적어도`)},
	{nil, regexp.MustCompile(`(?i)^\s*이하`), regexp.MustCompile(`(?i)이하|최대|까지`)},
	{nil, regexp.MustCompile(`(?i)^\s*전(?:에|까지|부터|\s)`), regexp.MustCompile(`(?i)전`)},
	{nil, regexp.MustCompile(`(?i)^\s*(?:후|뒤)(?:에|부터|\s)`), regexp.MustCompile(`(?i)후|뒤|지나|만에`)},
}

// loosens reports whether a question leaves out a bound that its sentence gives
// the answer.
func loosens(question string, k candidate) bool {
	before, after, ok := strings.Cut(k.line, k.answer)
	return ok && slices.ContainsFunc(limits, func(b limit) bool {
		given := b.before != nil && b.before.MatchString(before) || b.after != nil && b.after.MatchString(after)
		return given && !b.asked.MatchString(question)
	})
}

// asksPartOfDate matches, by unit of the answer, what only an answer of that unit
// can answer.
var asksPartOfDate = map[string]*regexp.Regexp{
	"weekday": regexp.MustCompile(`(?i)\b(?:what|which) (?:day|weekday)\b|요일|무슨 날`),
	"clock":   regexp.MustCompile(`(?i)\bwhat time\b|몇\s?시(?:에|까|부|인|\s|\?)`),
	"date":    regexp.MustCompile(`(?i)\b(?:what|which) (?:year|month)\b|몇\s?[년월]`),
}

// asksOtherPart reports whether a question asks for a part of a date that the
// answer does not have: for a month, and the answer is a day of the week.
func asksOtherPart(question string, k candidate) bool {
	own, isDate := asksPartOfDate[k.unit]
	if !isDate || own.MatchString(question) {
		return false
	}
	for unit, asks := range asksPartOfDate {
		if unit != k.unit && asks.MatchString(question) {
			return true
		}
	}
	return false
}

// koreanEnd matches the end of a Korean question. "합니다?" and "주세요?" end
// statements and requests.
var koreanEnd = regexp.MustCompile(`(?:까|나요|가요|은가|는가|인가|지요|죠|니까)\?$`)

// endsOtherwise reports whether a Korean question does not end as one.
func endsOtherwise(question string) bool {
	return text.Language(question) == "ko" && !koreanEnd.MatchString(question)
}
