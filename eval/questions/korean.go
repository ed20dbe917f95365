package questions

import (
	"regexp"
	"strings"

	"selfrag/retrieval/text"
)

// koreanQuestion turns a Korean sentence into a question that asks for one of its
// values. A Korean question keeps the order of the words: a question word takes
// the place of the value, and the verb gets the ending of a question. It returns
// "" if code cannot do it with certainty.
func koreanQuestion(v value) string {
	before, after := v.before, v.after
	// The question ends with the clause that holds the value. Clauses before it
	// are kept, because they may contain its topic.
	connective, rest, cut := cutClause(after)
	if cut {
		after = rest
	}
	if strings.HasPrefix(after, "이 넘는") || strings.HasPrefix(after, "가 넘는") {
		return ""
	}
	asking, after, ok := koreanAsking(v, after)
	if !ok {
		return ""
	}
	if len(strings.Fields(after)) > mostAfter || badNeighbour.MatchString(after) {
		return ""
	}
	clause := before + asking + after
	var ended string
	if cut {
		ended, ok = askClause(clause, connective)
	} else {
		ended, ok = askSentence(clause)
	}
	if !ok || !koreanWhole(ended) {
		return ""
	}
	return ended + "?"
}

// mostAfter is the maximum number of words between the value and the verb. With
// more of them, the question seems to ask whether the rest is true. Not measured.
const mostAfter = 9

// badNeighbour matches the text after a value that is part of a name or of a
// list.
var badNeighbour = regexp.MustCompile(`^\s?['‘/]|^\s?개?국\s중|^년?\s\d|^\s\d`)

var clauseEnd = regexp.MustCompile(`(으며|며|이고|고|지만|으나),\s|(으며|이며|으나|지만)\s`)

// cutClause returns the text up to the first connective ending with a comma
// after it.
func cutClause(s string) (connective, clause string, ok bool) {
	m := clauseEnd.FindStringSubmatchIndex(s)
	if m == nil {
		return "", "", false
	}
	at := max(m[2], m[4])
	return s[at:max(m[3], m[5])], s[:at], true
}

// koreanAsking returns the words that ask for a value, and the text after the
// value with a particle that fits them.
func koreanAsking(v value, after string) (asking, rest string, ok bool) {
	switch v.Unit {
	case "date":
		if yearBefore.MatchString(v.before) {
			return "", "", false // 25년 12월 31일
		}
		for _, p := range []string{"까지", "부터"} {
			if rest, ok := strings.CutPrefix(after, p); ok && particleEnds(rest) {
				return "언제" + p, rest, true
			}
		}
		if rest, ok := strings.CutPrefix(after, "에 "); ok {
			return "언제 ", rest, true
		}
		if isCopula(after) {
			return "언제", after, true
		}
		return "", "", false
	case "clock":
		return "몇 시", after, particleEnds(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(after, "까지"), "부터"), "에")) || isCopula(after)
	case "weekday":
		return "무슨 요일", after, strings.HasPrefix(after, "에 ") || strings.HasPrefix(after, "까지 ") || strings.HasPrefix(after, "마다 ") || isCopula(after)
	case "KRW", "USD", "EUR", "GBP", "JPY":
		for _, p := range []struct{ have, put string }{{"으로", "로"}, {"을", "를"}, {"이 ", "가 "}, {"까지", "까지"}, {"씩", "씩"}, {"의", "의"}, {" 이상", " 이상"}, {" 이하", " 이하"}, {"에 ", "에 "}} {
			if rest, ok := strings.CutPrefix(after, p.have); ok {
				return "얼마" + p.put, rest, !strings.HasPrefix(rest, "며")
			}
		}
		return "얼마", after, isCopula(after)
	}
	m := koreanUnit.FindStringSubmatch(v.written)
	if m == nil || koreanNoCount.MatchString(after) || strings.HasPrefix(v.written, "한") { // 한 번에: at once
		return "", "", false
	}
	unit := m[1]
	switch {
	case unit == "일":
		return "며칠", after, true
	case unit == "루":
		for have, put := range map[string]string{"를 ": "을 ", "가 ": "이 ", "는 ": "은 ", "면 ": "이면 "} {
			if rest, ok := strings.CutPrefix(after, have); ok {
				return "며칠" + put, rest, true
			}
		}
		return "며칠", after, !numberNext.MatchString(after)
	case unit == "틀" || unit == "흘":
		return "며칠", after, !numberNext.MatchString(after)
	case unit == "분" && hourBefore.MatchString(v.before), unit == "번" && strings.HasPrefix(after, "가"):
		return "", "", false // 8시 30분, 11번가
	case unit == "대" && strings.HasSuffix(v.Value, "0") && decadeAfter.MatchString(after):
		return "", "", false // 20대는
	case unit == "년" && len(v.Value) == 2 && v.Value >= "15" && !strings.HasPrefix(after, "간") && !strings.HasPrefix(after, " 동안"):
		return "", "", false // '24년 is a year
	}
	return "몇 " + unit, after, true
}

var (
	koreanUnit = regexp.MustCompile(`(영업일|시간|분|일|주|개월|달|년|퍼센트|%|킬로미터|미터|명|번|차례|회|권|장|개|대|층|곳|벌|배|가지|루|틀|흘)$`)
	// koreanNoCount matches what makes a count part of another word, or a
	// restriction that a question cannot keep.
	koreanNoCount = regexp.MustCompile(`^(?:차|째|번째|호|조|항|편|기|급|형|짜리|대\s?의|도\s|[가-힣]?분기|당\s|\s?이상\s?\S*\s?이하|마다|전략|자\s|세)|^의?\s?(?:하나|가운데|중)`)
)

var (
	yearBefore  = regexp.MustCompile(`년\s?$`)
	numberNext  = regexp.MustCompile(`^\s\d`)
	hourBefore  = regexp.MustCompile(`\d시\s?$`)
	decadeAfter = regexp.MustCompile(`^(?:는|의|가|에서|에|와|가장|\s청년|\s여성|\s남성)`)
)

func isCopula(after string) bool {
	return strings.HasPrefix(after, "입니다") || strings.HasPrefix(after, "이다") || after == "이" || strings.HasPrefix(after, "이었습니다") || strings.HasPrefix(after, "이었다")
}

func particleEnds(s string) bool { return s == "" || strings.HasPrefix(s, " ") || isCopula(s) }

// unclearKorean matches words that mean something only beside other sentences,
// or at the time of writing.
var unclearKorean = regexp.MustCompile(`(?:^|\s)(?:이|그|저|본|동|당|해당|상기|위|아래|이번|이러한|그러한|이런|그런|이는|이를|이에|이와|이때|그중|그해|이후|이중|이들|그들|여기|우리|저희|당사|귀사|귀하|올해|금년|작년|지난|지난해|전년|전년도|전년동기|전월|전분기|당시|최근|현재|지금|지금까지|앞서|같은|한편|또한|따라서|그러나|하지만|특히|반면|다만|즉|예컨대|그\s?결과|이\s?밖에|그\s?밖|마지막|첫째|둘째|셋째|각각|각|누구나|전자|후자|원고|피고|피고인|상고인|신청인|소외|원심|甲|乙)(?:은|는|이|가|을|를|의|에|에는|도|들은|들의|로)?(?:\s|,|$)|다음\s?(?:과|각|표|그림|중)|그림\s?\d|<표|표\s?\d|전년\s?대비|전기\s?대비|\d\)|[①-⑳□○◦●■▶※→]`)

// koreanWhole reports whether a question says by itself what it is about.
func koreanWhole(q string) bool {
	n := len([]rune(q))
	return n >= 14 && n <= 110 && hasTopic.MatchString(q) && !strings.ContainsAny(q, "\"“”:;?!|<>=*[]{}#_\\ㆍ") && balanced(q) && !unclearKorean.MatchString(q) && !strings.Contains(q, ". ") && !looseVerb.MatchString(q)
}

// looseVerb matches a verb or a particle that was torn from its stem when the
// text was read.
var looseVerb = regexp.MustCompile(`[^야게면도지록고] (?:하|되|하였|되었|했|됐)나요$| 한가요$|있지 않나요$|% \d{4}년|현실인가요$|\s(?:은|는|을|를|로|으로|에|의|와|과|스|가)\s|\d \d| - `)

// hasTopic matches a topic or a subject before the end.
var hasTopic = regexp.MustCompile(`[가-힣A-Za-z)\d%](?:은|는|이|가|께는|에는|에서는|께서는)\s\S`)

func balanced(s string) bool {
	depth := 0
	for _, r := range s {
		switch r {
		case '(', '「', '‘':
			depth++
		case ')', '」', '’':
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0 && strings.Count(s, "'")%2 == 0
}

// leans reports whether a sentence needs the one before it.
func leans(line string) bool {
	return text.LeansBack(line) || leading.MatchString(line)
}

var leading = regexp.MustCompile(`^(?i:(?:he|she|they|we|you|your|our|it|its|this|these|those|that|there|here|such|both|each|another|others|then|also|but|and|or|so|still|only|not|nobody|nothing|all of|most of|half of|none of|some)\b)|^[\-–•·*>(\[]|^\d{1,2}[.)\s]|^[A-Z]\.\s|^Q\s|^[A-Z]{4,}\s|^(?:따라|대해|위해|통해|등|및|대한|관한|관련|국가|중)\s|^[가-힣][\s,]`)
