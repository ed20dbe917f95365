package text

import (
	"regexp"
	"strings"
)

// In Korean the verb at the end says what is wanted, so the patterns search
// anywhere for a way of asking together with the verb that asks.

const (
	// request matches the end of a sentence that asks for information.
	request = `(?:(?:알려|설명해|말해|말씀해|정리해|가르쳐|보여|나열해|열거해|적어|써|찾아|뽑아|요약해|비교해|소개해|짚어|안내해)\s?(?:주세요|주십시오|줘|줄래|줄\s?수|주실|주시겠|주시면|주시기|달라|봐|보세요|볼래)|(?:알려|설명|정리|나열|요약|비교|소개|안내)\s?(?:부탁|바랍|바람|바라|좀|해라|하시오|하라)|궁금|알고\s?싶)`
	whatIs  = `(?:무엇|뭐|뭔|뭘|무언|어떤|어떠|어떻습|어떻게\s?(?:되|돼|됩))`
	topic   = `(?:들)?(?:은|는|이|가|을|를|도|만|에\s?대해(?:서)?|에\s?관해(?:서)?)?`
	atOnce  = `\s*(?:좀\s*|간단히\s*|자세히\s*|모두\s*|다\s*|각각\s*|한\s?번\s*)*`
	// asks matches the text after a noun that the question asks for.
	asks = topic + atOnce + `(?:` + whatIs + `|` + request + `|있|없|$)`
)

var (
	koreanWhy     = regexp.MustCompile(`(?:^|\s)왜(?:\s|요|죠|인가|그런|$)|(?:이유|까닭|원인)` + topic + atOnce + `(?:` + whatIs + `|` + request + `|$)`)
	koreanListAll = regexp.MustCompile(`어디어디|누구누구|무엇무엇`)
	koreanFact    = regexp.MustCompile(`누가|누구|언제|어디|몇|며칠|얼마|어느|무슨\s?(?:요일|해|달|날)`)
	unchanged     = regexp.MustCompile(`(?:바뀌|변하|달라지|변경되|변경하|개정되)지\s?(?:는\s?|도\s?)?(?:않|못)|(?:^|\s)안\s?(?:바뀌|바뀐|변)|그대로`)
	// howState matches questions about what something is or became, not about
	// how it is done.
	howState = regexp.MustCompile(`어떻게\s*(?:되(?:나|는|어|시|었|죠|지)|돼|됩니까|될|됐|된|생각|불리|부르|생겼|지내|알(?:았|고)|쓰여)|어떻게\s.*(?:었|았|였|했|됐|갔|왔|겼|냈|렸|졌)(?:나|습|어|는지|던|을까|죠)`)
)

const becoming = `(?:바뀌|바뀐|바뀔|변경되|변경됐|변경된|변했|변하|변해|변화했|변화하|달라졌|달라지|달라진|달라질|개정되|개정됐|개정된|수정되|수정됐)`

var koreanWays = []asked{
	{WantChanged, regexp.MustCompile(`(?:무엇|뭐|뭣|어떤\s?(?:점|것|부분|내용|규정|조항)|어떻게|어떤\s?식으로)(?:들)?(?:이|가|은|는)?\s*(?:\S+\s+){0,2}` + becoming +
		`|(?:바뀐|변경된|달라진|변한|개정된|새로워진|새로운)\s?(?:점|것|내용|부분|사항|규정)` + asks +
		`|(?:변경|개정|수정)\s?(?:사항|점|내용|내역)` + asks + `|(?:변화|변천)(?:된\s?(?:점|내용)|\s?과정|\s?내용)?` + topic + atOnce + request)},
	{WantCompare, regexp.MustCompile(`비교해\s?(?:주|줘|봐|볼|보면|보라|달라|$)|비교하면\s*(?:어떤|어떻|무엇|뭐|$)|비교\s?(?:부탁|바랍|분석해|좀|설명|하라|하시오|정리)` +
		`|(?:차이점?|다른\s?점|공통점|비슷한\s?점|장단점)` + asks +
		`|(?:어떻게|무엇이|뭐가|뭔가|어떤\s?점이|어떤\s?점에서|무슨\s?점이)\s*(?:서로\s*)?(?:다른가|다른지|다릅|달라|다르)`)},
	{WantList, regexp.MustCompile(`(?:모두|전부|모조리|빠짐없이|하나씩|남김없이|\s다)\s*` + request +
		`|(?:나열|열거)(?:해\s?(?:주|줘|봐|달라|$)|\s?(?:부탁|바랍|하라|하시오))|(?:목록|리스트)(?:을|를|으로|로|만)?` + atOnce + `(?:` + request + `|만들어|작성해)` +
		`|어떤\s?것들?이\s?있|(?:무엇|뭐)(?:이|가)?\s?있(?:나|는지|습|어요|을까)|종류(?:에는|로는|는|가|를)?` + atOnce + `(?:` + whatIs + `|` + request + `)` +
		`|어떤\s?\S+들이\s?있(?:나|는지|습|어요|을까)`)},
	{WantSummary, regexp.MustCompile(`요약해\s?(?:주|줘|봐|달라|보|$)|요약\s?(?:좀|부탁|바랍|정리해|하라|하시오)|요약하면|요약하자면|간추려|간추린\s?내용|한마디로` +
		`|(?:핵심|요점|요지|골자|개요|줄거리|주요\s?(?:내용|사항)|핵심\s?내용|중요한\s?(?:점|내용))` + asks + `|(?:어떤|무슨)\s?내용(?:인가|인지|입니까|이에요|이야|이\s?(?:담|들어)|을\s?(?:담|다루))|전체\s?내용` + asks)},
	{WantHowTo, regexp.MustCompile(`(?:방법|절차|요령|순서|과정|단계)` + asks + `|(?:방법|절차|순서|과정|단계)` + topic + `\s*(?:를|을)?\s*(?:거쳐야|밟아야|따라야)` +
		`|어떻게\s*(?:\S+\s+){0,4}\S*(?:나요|까요|니까|는지요?|는가요?|지요|죠|해요|돼요|되나|해야|하면|할까|하지|하니|하냐|합니까)$|어떻게\s?해|어떡해|어떡하|어찌\s?해야` +
		`|려면\s*(?:\S+\s+){0,2}(?:어떻게|무엇을|무얼|뭘|뭐를|어떤\s?절차)|(?:할|될|경우|때|나면|하면)\s*(?:에는|엔|는)?\s*(?:무엇을|무얼|뭘)\s*(?:\S+\s+)?해야`)},
	{WantSummary, regexp.MustCompile(`(?:안내|규정|문서|보고서|정책|지침|기준|매뉴얼|회의록|계약서|내용|페이지|자료)(?:서)?(?:을|를|에\s?대해)?\s*` + atOnce + `정리\s?(?:해\s?(?:주|줘|달라)|부탁|바랍|좀)`)},
}

func wantsInKorean(sentence string) Want {
	sentence = strings.TrimRight(strings.TrimSpace(sentence), `"'”’)… `)
	switch {
	case koreanWhy.MatchString(sentence):
		return WantWhy
	case koreanListAll.MatchString(sentence):
		return WantList
	case koreanFact.MatchString(sentence):
		return WantFact
	}
	w := wantIn(koreanWays, sentence)
	if w == WantChanged && unchanged.MatchString(sentence) || w == WantHowTo && howState.MatchString(sentence) {
		return WantFact
	}
	return w
}
