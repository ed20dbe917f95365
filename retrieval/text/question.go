package text

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Kind is the kind of thing that a question asks for.
type Kind string

// The kinds of answers. A question without a recognised kind asks for AnyKind.
const (
	AnyKind    Kind = ""
	NumberKind Kind = "number"
	MoneyKind  Kind = "money"
	DateKind   Kind = "date"
	PersonKind Kind = "person"
	PlaceKind  Kind = "place"
	ReasonKind Kind = "reason"
)

// asking recognises the kind that a question asks for, the most certain first.
var asking = []struct {
	kind  Kind
	words *regexp.Regexp
}{
	{ReasonKind, regexp.MustCompile(`(?i)\bwhy\b|(?:^|\s)왜(?:\s|$)|이유(?:는|가)?\s*(?:무엇|뭐|\?|$)`)},
	{DateKind, regexp.MustCompile(`(?i)\bwhen\b|\b(?:what|which)\s+(?:year|month|day|date|weekday)\b|\bon what date\b|언제|몇\s?(?:년|월|시)(?:도|에|까|부|인|\s|\?|$)|(?:어느|무슨)\s?(?:해|달|요일)|날짜|몇\s?년도`)},
	{PersonKind, regexp.MustCompile(`(?i)\bwho\b|\bwhom\b|\bwhose\b|누구|누가`)},
	{PlaceKind, regexp.MustCompile(`(?i)\bwhere\b|\b(?:what|which)\s+(?:city|town|country|place|state|county|building|room)\b|어디|(?:어느|무슨)\s?(?:도시|나라|지역|건물|방)`)},
	{MoneyKind, regexp.MustCompile(`(?i)\bhow much\b|\b(?:what|which)\b.*\b(?:price|cost|fee|fare|fine|salary|amount|budget|bonus|allowance|deposit)\b|how (?:large|big|high) is the .*\b(?:bonus|fee|fine|budget|allowance|grant|deposit|price)\b|얼마(?:까지|인가|입니|를|씩|가|에|로)|(?:금액|비용|가격|요금|수당|보상금|지원금|벌금|보증금|이용료|회비)(?:은|는|이|가)?\s?(?:얼마|몇)`)},
	{NumberKind, regexp.MustCompile(`(?i)\bhow\s+(?:many|much|long|often|old|far|high|tall|big|large|fast|soon)\b|\bon which floor\b|\b(?:what|which)\s+(?:floor|number|percentage|price|share|amount)\b|몇|며칠|얼마`)},
}

// AsksFor returns the kind of thing that a question asks for.
func AsksFor(question string) Kind {
	for _, a := range asking {
		if a.words.MatchString(question) {
			return a.kind
		}
	}
	return AnyKind
}

// price matches a question for an amount of money. It leaves out "how much
// notice" and "how much is the limit", because they may ask for something else.
var price = regexp.MustCompile(`(?i)\bhow much\s+(?:money|does|do|did|will|must|should|would|can|to pay)\b|\bhow much\b.*\b(?:pay|paid|cost|costs|charged?|price|fee|fare|fine|deposit)\b|얼마(?:를|씩|에|로)|(?:값|돈|금액|비용|가격|요금|수당|보상금|지원금|벌금|보증금|이용료|회비).*얼마`)

// AsksForPrice reports whether a question asks for an amount of money and for
// nothing else. Some questions of MoneyKind do not: "유효기간은 얼마인가요".
func AsksForPrice(question string) bool {
	return AsksFor(question) == MoneyKind && price.MatchString(question)
}

var (
	numberWord = regexp.MustCompile(`(?i)\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|half|once|twice|never|no|none|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|ground|basement|top)\b|지하|하루|이틀|사흘|나흘|열흘|절반|(?:^|\s)(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?(?:번|달|명|개|주|시간|살|차례|가지|층)`)
	dateWord   = regexp.MustCompile(`(?i)\b(?:1[5-9]|20)\d\d\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|noon|midnight|daily|every (?:year|month|week|day)|century)\b|\d\s?(?:년|월|일|시|분)|\d{1,2}:\d\d|[월화수목금토일]요일|매[년월주일]|상반기|하반기|오전|오후`)
	reasonWord = regexp.MustCompile(`(?i)\bbecause\b|\bsince\b|\bdue to\b|\bso that\b|\bin order to\b|\bas a result\b|\breason\b|\bafter\b|\bto \w+\b|때문|위해|위하여|이유|므로|따라|어서|아서|도록|고자|으로 인해`)
	koreanName = regexp.MustCompile(`[가-힣]{2,4}\s?(?:님|씨|팀장|대표|이사|부장|과장|실장|센터장|교수|박사|선생|원장|관장|위원|회장|사장|감독|매니저)|(?:팀장|대표|이사|부장|과장|실장|담당자|책임자|관장|원장|회장|사장)(?:은|는|이|가|인|:)?\s?[가-힣]{2,4}`)
)

// HoldsKind returns how well a sentence contains something of the kind that a
// question asks for and that the question itself does not mention, in [0,1]. It
// returns 1 if the sentence does, and 0.5 if code cannot decide, because the
// question has no kind or Korean names have no mark. above is the text above
// the sentence, such as the headers of a table.
//
// A number counts a quarter if the question names a unit ("how many days", "몇
// 명") that the number does not have.
func HoldsKind(question, sentence, above string) float64 {
	return KindOf(question).In(sentence, above)
}

// Asked is the kind of thing that a question asks for. It saves finding the kind
// again for each of many sentences.
type Asked struct {
	question string
	kind     Kind
}

// KindOf returns what a question asks for.
func KindOf(question string) Asked { return Asked{question, AsksFor(question)} }

// In returns how well a sentence contains what the question asks for
// (HoldsKind).
func (a Asked) In(sentence, above string) float64 {
	question := a.question
	switch kind := a.kind; kind {
	case MoneyKind:
		return yes(money.MatchString(sentence))
	case NumberKind:
		said := Numbers(question)
		if !slices.ContainsFunc(Numbers(sentence), func(n string) bool { return !slices.Contains(said, n) }) && !numberWord.MatchString(sentence) {
			return 0
		}
		if unit := unitOf(question); unit != "" && !withUnit(unit, sentence) && !namesUnit(unit, above) {
			return 0.25
		}
		return 1
	case DateKind:
		return yes(dateWord.MatchString(without(sentence, dateWord.FindAllString(question, -1))))
	case PersonKind, PlaceKind:
		if HasHangul(sentence) {
			if kind == PersonKind && koreanName.MatchString(sentence) {
				return 1
			}
			return 0.5
		}
		lower := strings.ToLower(question)
		return yes(slices.ContainsFunc(MarkedNames(sentence), func(n string) bool {
			return !strings.Contains(lower, strings.ToLower(n)) && !functionWords[strings.ToLower(n)]
		}))
	case ReasonKind:
		return yes(reasonWord.MatchString(sentence))
	}
	return 0.5
}

func yes(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

var (
	money = regexp.MustCompile(`(?i)\b(?:KRW|USD|EUR|GBP|JPY|won|dollars?|euros?|pounds?|cents?|yen|free)\b|[₩$€£¥%]|\d\s?(?:천|만|억|백)*\s?원|달러|유로|무료|파운드`)

	unitAfter = regexp.MustCompile(`(?i)\bhow\s+many\s+([a-z]+)|몇\s?([가-힣]+)|(며칠)`)
)

// unitOf returns what a question counts: the stem of the word after "how many",
// or the syllable after 몇. It returns "" if there is none.
func unitOf(question string) string {
	m := unitAfter.FindStringSubmatch(question)
	switch {
	case m == nil:
		return ""
	case m[1] != "":
		return Stem(strings.ToLower(m[1]))
	case m[3] != "":
		return "일"
	}
	return string([]rune(m[2])[:1])
}

// sameUnit maps units to those of the other language, by stem or syllable.
var sameUnit = map[string]string{
	"분": "minut", "일": "day", "명": "people", "년": "year", "개": "month", "달": "month", "시": "hour", "층": "floor", "주": "week", "번": "time", "권": "book",
	"minut": "분", "day": "일", "people": "명", "person": "명", "employe": "명", "year": "년", "month": "개월", "hour": "시간", "floor": "층", "week": "주", "time": "번", "book": "권",
}

// withUnit reports whether a text contains a number with the given unit, in
// either language. A row of headers has the unit without a number.
func withUnit(unit, s string) bool {
	if HasHangul(s) != HasHangul(unit) {
		unit = sameUnit[unit]
	}
	if unit == "" {
		return false
	}
	if !HasHangul(unit) {
		since := mostBetween + 1 // number of words since the last number
		for w := range words(strings.ToLower(s)) {
			switch {
			case strings.ContainsAny(w, "0123456789") || numberWord.MatchString(w):
				since = 0
			case Stem(w) == unit && since <= mostBetween:
				return true
			default:
				since++
			}
		}
		return false
	}
	if unit == "일" && withUnit("박", s) { // nights count days, too: 며칠? 4박
		return true
	}
	for rest := s; ; {
		i := strings.Index(rest, unit)
		if i < 0 {
			return false
		}
		before := []rune(strings.TrimRight(rest[:i], " "))
		if n := len(before); n > 0 && (unicode.IsDigit(before[n-1]) || strings.ContainsRune("한두세네섯곱덟홉열스백천만억여", before[n-1])) {
			return true
		}
		rest = rest[i+len(unit):]
	}
}

// mostBetween is the maximum number of words between a number and its unit: "30
// working days". Not measured.
const mostBetween = 2

// namesUnit reports whether a row of headers names a unit.
func namesUnit(unit, headers string) bool {
	for w := range words(strings.ToLower(headers)) {
		if Stem(w) == unit || HasHangul(unit) && strings.HasPrefix(w, unit) {
			return true
		}
	}
	return false
}

func without(s string, parts []string) string {
	for _, p := range parts {
		s = strings.ReplaceAll(s, p, "")
	}
	return s
}

var (
	askingEnglish = SetOf(`how many much long often old far what which who whom whose when where why is are was were be been being do does did can could
		may might should shall will would has have had must there any please tell me about i we you my our your us not now today currently current present nowadays`)
	askingKorean = regexp.MustCompile(`^(?:현재|지금|요즘|오늘|올해|몇|며칠|누구|누가|무엇|무슨|뭐|어디|언제|왜|어떻게|어떤|어느|얼마|얼마나|수|때|것|알려|주세요|알려주세요|있나요|없나요|되나요|하나요|인가요)(?:은|는|이|가|을|를|의|에|에서|으로|로|까지|부터|인|이며|이고|인지|인가|인가요|입니까|이나|나|간|쯤|정도)*$`)
	askingEnd    = regexp.MustCompile(`(?:이었|었|았|였|했|됐|겠|하|되|있|없|한|된|인|은|는|이|합|됩|입|습|할|될|일|을|해야|야)*(?:나요|가요|까요|니까|는지요?|은지요?|인지요?|지요|죠|까|냐|느냐)$`)
)

// WithoutAsking returns a question without the words that only make it a
// question: who, how many, does; 몇, 무엇인가요, and the ending of its last
// word.
func WithoutAsking(question string) string {
	fields := strings.Fields(question)
	kept := fields[:0]
	for _, w := range fields {
		bare := strings.Trim(w, `.,;:?!？"'“”‘’()[]`)
		if askingEnglish[strings.ToLower(bare)] || askingKorean.MatchString(bare) {
			continue
		}
		if HasHangul(bare) {
			if bare = askingEnd.ReplaceAllString(bare, ""); bare == "" {
				continue
			}
		}
		kept = append(kept, bare)
	}
	return strings.Join(kept, " ")
}

var (
	englishClause = regexp.MustCompile(`(?i)\b(?:that|which|who|whose|where|when)\b`)
	englishLink   = regexp.MustCompile(`(?i)\bof\b|['’]s\b`)
	questionWord  = regexp.MustCompile(`^\s*(?:(?i:in|on|at|by|for|from|of|to|with|under|within|after|before|since|until|over)\s+)?\S+`)
	koreanClause  = regexp.MustCompile(`(?:는|은|을|한|된|던|인)\s+\S+(?:의|이|가|은|는|을|를)(?:\s|$)`)
	koreanLink    = regexp.MustCompile(`의\s`)
)

// Clauses counts the clauses in a question that describe one thing by another
// ("the team that owns Waymoth", "콜드핀치를 담당하는 팀의"), without the
// question word at its beginning, and the links between nouns ("of", 의). The
// counts are a good sign, without a model, of whether a question takes one
// look-up or several.
func Clauses(question string) (clauses, links int) {
	if HasHangul(question) && Language(question) == "ko" {
		return len(koreanClause.FindAllString(question, -1)), len(koreanLink.FindAllString(question, -1))
	}
	rest := questionWord.ReplaceAllString(question, "")
	return len(englishClause.FindAllString(rest, -1)), len(englishLink.FindAllString(rest, -1))
}
