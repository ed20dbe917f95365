package agent

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"selfrag/retrieval"
)

// What questions ask for, where their words tell it for certain.
var (
	asksWho      = regexp.MustCompile(`(?i)^\s*(?:(?:by|to|from|with|for)\s+)?who(?:m|se)?\b`)
	asksYear     = regexp.MustCompile(`(?i)\b(?:what|which) (?:year|date)\b|^\s*when (?:was|were|did)\b|\bwhen\s*\?\s*$`)
	asksHowMany  = regexp.MustCompile(`(?i)\bhow (?:many|much)\b|\bwhat (?:percentage|percent|number|amount)\b`)
	asksAmountKo = regexp.MustCompile(`얼마|몇\s|몇[가-힣]`)
	asksYearKo   = regexp.MustCompile(`몇\s*(?:년|월|일)|어느\s*해|언제\s*(?:설립|출시|개통|만들어|시작|태어)`)
)

// people answer "who" without a name.
var people = regexp.MustCompile(`(?i)\b(?:managers?|leads?|leaders?|heads?|directors?|officers?|presidents?|chiefs?|chairs?|teams?|employees?|staff|persons?|people|members?|owners?|workers?|everyone|everybody|anyone|anybody|someone|nobody|no one|none|each|all|company|department|customers?|users?|guests?|visitors?|doctors?|nurses?|lawyers?|partners?|founders?|brothers?|sisters?|father|mother|son|daughter|wife|husband)\b`)

// amounts say how many without a digit, and times say when without one.
var (
	amounts   = regexp.MustCompile(`(?i)\b(?:no|none|nothing|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundreds?|thousands?|millions?|billions?|dozens?|half|quarter|once|twice|both|all|every|each|unlimited|free|same)\b`)
	amountsKo = regexp.MustCompile(`없|무제한|무료|전액|모두|전부|절반|하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|열|한\s|두\s|세\s|네\s|백|천|만|같`)
	times     = regexp.MustCompile(`(?i)\b(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|fall|winter|century|before|after|during|since|until|when|while|day|week|month|year|noon|midnight|never|ago|yesterday|today)\b`)
	timesKo   = regexp.MustCompile(`년|월|일|주|때|후|전|뒤|이래|오늘|어제|세기|봄|여름|가을|겨울`)
)

// misses tells whether code can see that an answer does not give what the
// question asks for: no name but the question's own for "who", no number for
// "how many", no time for "in which year". A small model finds "it was founded
// in 1991" useful for one who asks who its first president was.
func misses(question, answer string) bool {
	digits := strings.ContainsFunc(answer, unicode.IsDigit)
	if retrieval.Language(question) == "ko" {
		switch {
		case digits:
			return false
		case asksYearKo.MatchString(question):
			return !timesKo.MatchString(answer)
		case asksAmountKo.MatchString(question):
			return !amountsKo.MatchString(answer)
		}
		return false
	}
	switch {
	case asksWho.MatchString(question):
		return !namesMore(question, answer) && !people.MatchString(answer)
	case digits:
		return false
	case asksHowMany.MatchString(question):
		return !amounts.MatchString(answer)
	case asksYear.MatchString(question):
		return !times.MatchString(answer)
	}
	return false
}

// namesMore tells whether the answer has a name, or a word that could be one,
// that the question has not.
func namesMore(question, answer string) bool {
	asked := words(folded(question))
	return slices.ContainsFunc(words(answer), func(w string) bool {
		r := []rune(w)
		could := unicode.IsUpper(r[0]) || unicode.In(r[0], unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana)
		return could && !slices.Contains(asked, folded(w)) && !slices.Contains(functionWords(), folded(w))
	})
}
