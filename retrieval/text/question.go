package text

import (
	"regexp"
	"slices"
	"strings"
)

// Kind is what kind of thing a question asks for.
type Kind string

// The kinds of answers. A question that names none of them asks for AnyKind.
const (
	AnyKind    Kind = ""
	NumberKind Kind = "number"
	DateKind   Kind = "date"
	PersonKind Kind = "person"
	PlaceKind  Kind = "place"
	ReasonKind Kind = "reason"
)

// asking finds what a question asks for, the surest first.
var asking = []struct {
	kind  Kind
	words *regexp.Regexp
}{
	{ReasonKind, regexp.MustCompile(`(?i)\bwhy\b|(?:^|\s)왜(?:\s|$)|이유(?:는|가)?\s*(?:무엇|뭐|\?|$)`)},
	{DateKind, regexp.MustCompile(`(?i)\bwhen\b|\b(?:what|which)\s+(?:year|month|day|date|weekday)\b|\bon what date\b|언제|몇\s?(?:년|월|시)(?:도|에|까|부|인|\s|\?|$)|(?:어느|무슨)\s?(?:해|달|요일)|날짜|몇\s?년도`)},
	{PersonKind, regexp.MustCompile(`(?i)\bwho\b|\bwhom\b|\bwhose\b|누구|누가`)},
	{PlaceKind, regexp.MustCompile(`(?i)\bwhere\b|\b(?:what|which)\s+(?:city|town|country|place|state|county|building|room)\b|어디|(?:어느|무슨)\s?(?:도시|나라|지역|건물|방)`)},
	{NumberKind, regexp.MustCompile(`(?i)\bhow\s+(?:many|much|long|often|old|far|high|tall|big|large|fast|soon)\b|\bon which floor\b|\b(?:what|which)\s+(?:floor|number|percentage|price|share|amount)\b|몇|며칠|얼마`)},
}

// AsksFor is the kind of thing that a question asks for.
func AsksFor(question string) Kind {
	for _, a := range asking {
		if a.words.MatchString(question) {
			return a.kind
		}
	}
	return AnyKind
}

var (
	numberWord = regexp.MustCompile(`(?i)\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|half|once|twice|never|no|none)\b|하루|이틀|사흘|나흘|열흘|절반|(?:^|\s)(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?(?:번|달|명|개|주|시간|살|차례|가지)`)
	dateWord   = regexp.MustCompile(`(?i)\b(?:1[5-9]|20)\d\d\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|noon|midnight|daily|every (?:year|month|week|day)|century)\b|\d\s?(?:년|월|일|시|분)|\d{1,2}:\d\d|[월화수목금토일]요일|매[년월주일]|상반기|하반기|오전|오후`)
	reasonWord = regexp.MustCompile(`(?i)\bbecause\b|\bsince\b|\bdue to\b|\bso that\b|\bin order to\b|\bas a result\b|\breason\b|\bafter\b|\bto \w+\b|때문|위해|위하여|이유|므로|따라|어서|아서|도록|고자|으로 인해`)
	koreanName = regexp.MustCompile(`[가-힣]{2,4}\s?(?:님|씨|팀장|대표|이사|부장|과장|실장|센터장|교수|박사|선생|원장|관장|위원|회장|사장|감독|매니저)|(?:팀장|대표|이사|부장|과장|실장|담당자|책임자|관장|원장|회장|사장)(?:은|는|이|가|인|:)?\s?[가-힣]{2,4}`)
)

// HoldsKind reports whether a sentence holds something of the kind that the
// question asks for and does not say itself. known is false where code cannot
// say: where the question names no kind, or the sentence is in Korean, which
// marks no names.
func HoldsKind(kind Kind, sentence, question string) (holds, known bool) {
	switch kind {
	case NumberKind:
		said := Numbers(question)
		return slices.ContainsFunc(Numbers(sentence), func(n string) bool { return !slices.Contains(said, n) }) || numberWord.MatchString(sentence), true
	case DateKind:
		return dateWord.MatchString(without(sentence, dateWord.FindAllString(question, -1))), true
	case PersonKind, PlaceKind:
		if kind == PersonKind && koreanName.MatchString(sentence) {
			return true, true
		}
		lower := strings.ToLower(question)
		if slices.ContainsFunc(MarkedNames(sentence), func(n string) bool {
			return !strings.Contains(lower, strings.ToLower(n)) && !functionWords[strings.ToLower(n)]
		}) {
			return true, true
		}
		return false, !HasHangul(sentence)
	case ReasonKind:
		return reasonWord.MatchString(sentence), true
	}
	return false, false
}

func without(s string, parts []string) string {
	for _, p := range parts {
		s = strings.ReplaceAll(s, p, "")
	}
	return s
}

var (
	askingEnglish = SetOf(`how many much long often old far what which who whom whose when where why is are was were be been being do does did can could
		may might should shall will would has have had must there any please tell me about i we you my our your us not`)
	askingKorean = regexp.MustCompile(`^(?:몇|며칠|누구|누가|무엇|무슨|뭐|어디|언제|왜|어떻게|어떤|어느|얼마|얼마나|수|때|것|알려|주세요|알려주세요|있나요|없나요|되나요|하나요|인가요)(?:은|는|이|가|을|를|의|에|에서|으로|로|까지|부터|인|이며|이고|인지|인가|인가요|입니까|이나|나|간|쯤|정도)*$`)
	askingEnd    = regexp.MustCompile(`(?:이었|었|았|였|했|됐|겠|하|되|있|없|한|된|인|은|는|이|합|됩|입|습|할|될|일|을|해야|야)*(?:나요|가요|까요|니까|는지요?|은지요?|인지요?|지요|죠|까|냐|느냐)$`)
)

// WithoutAsking is a question without the words that only make it one: who, how
// many, does; 몇, 무엇인가요, and the ending of its last word.
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
