package text

import (
	"regexp"
	"strings"
)

// Want is the kind of answer that a question wants.
type Want string

// The kinds of answers. All except WantFact take more than one sentence of a
// document.
const (
	WantFact    Want = ""        // a fact: a number, a name, yes or no
	WantHowTo   Want = "how-to"  // how something is done
	WantWhy     Want = "why"     // what the reason or cause is
	WantList    Want = "list"    // all things of a kind
	WantCompare Want = "compare" // two or more things, side by side
	WantSummary Want = "summary" // the content of a whole document
	WantChanged Want = "changed" // what has changed
)

// Wants returns what a question wants, by its wording in English or Korean. In
// doubt it returns WantFact. A fact that is taken for something else costs a
// longer prompt and sometimes the answer. The opposite mistake costs only the
// part of the answer beyond a sentence.
func Wants(question string) Want {
	of := wantsInEnglish
	if Language(question) == "ko" {
		of = wantsInKorean
	}
	for _, sentence := range askedApart.Split(strings.ReplaceAll(question, "vs.", "vs"), -1) {
		if w := of(sentence); w != WantFact {
			return w
		}
	}
	return WantFact
}

// askedApart separates the sentences of a question, and the text before a colon
// from the question about it.
var askedApart = regexp.MustCompile(`[.?!;:？！。]+(?:[\s"'”’)]+|$)|\n+`)

// asked is a way of asking for something.
type asked struct {
	want Want
	by   *regexp.Regexp
}

func wantIn(ways []asked, sentence string) Want {
	for _, way := range ways {
		if way.by.MatchString(sentence) {
			return way.want
		}
	}
	return WantFact
}

var (
	// politeness matches words that may precede the question itself.
	politeness = regexp.MustCompile(`(?i)^(?:please|kindly|hi|hello|and|so|but|then|now|also|ok(?:ay)?|just|can you|could you|would you|will you|can i get|could i get|may i have|i want you to|i(?:'d| would) like (?:you )?to (?:know|see|have|read|get|understand)|i(?:'d| would) like|i (?:want|need) to (?:know|see|understand)|i want|i need|i wonder|tell (?:me|us)|let me know|do you know|explain(?: to (?:me|us))?|describe|briefly)\b[\s,]*`)
	// condition matches a clause before the one that asks.
	condition = regexp.MustCompile(`(?i)^(?:if|when|after|before|as|since|once|under|in|for|with|because|during|at|on|according to|as of)\s[^,]*,\s*`)
	// factHead matches the beginning of a question for a fact, whatever
	// follows.
	factHead = regexp.MustCompile(`(?i)^(?:(?:in|on|at|by|for|from|of|to|with|under|within|until|since|after|before)\s+)?(?:who|whom|whose|when|where|which|how\s+(?:many|much|long|often|old|far|high|tall|big|large|small|wide|deep|heavy|fast|quickly|soon|late|early|likely|well)|what\s+(?:year|date|day|month|time|number|percentage|share|amount|price|city|country|name|title|page|section|chapter))\b`)
	// nameAsked matches the end of a question for a name.
	nameAsked = regexp.MustCompile(`(?i)\b(?:called|named|abbreviated|spelled|spelt|pronounced)$`)
	alsoWhy   = regexp.MustCompile(`(?i)[,\s](?:and|or) (?:if so,? )?why$`)
	whyNot    = regexp.MustCompile(`(?i)^why not\b`)
)

// listOfAll matches questions that ask for all of something in the words of a
// question for a fact.
var listOfAll = regexp.MustCompile(`(?i)^(?:who|which|what)(?:['’]re|\s+are|\s+were|\s+is)\s+all\b|^(?:what|which)\s+(?:kinds?|types?|sorts?|forms?|categories|classes)\s+of\s.+\sare\s+there$|^(?:what|which)\s.+\s+are\s+there$`)

const (
	anyone = `(?:i|we|you|one|people|someone|somebody|anyone|everyone|employees?|staff|colleagues?|customers?|users?|members?|visitors?|guests?|new \w+|an? [\w-]+|the person [\w ]+?)`
	// about matches the word before the subject of a change: "what changed in
	// the rules", not "what changed the rules".
	about = `(?:\s+(?:in|about|with|since|between|from|for|over|under|during|after|compared|on|at|there|recently|lately|now|through|as|when)\b|$)`
	main  = `(?:(?:main|key|most important|essential|central|biggest|major|recent|latest|important|exact|real|actual)\s+)*`
)

var englishWays = []asked{
	{WantWhy, regexp.MustCompile(`(?i)^(?:why\s+\w|how come\b|for what reasons?\b|what(?:['’]s|\s+(?:is|was|are|were))\s+the\s+` + main + `(?:reasons?|causes?|grounds?|rationale|motive)\s+(?:for|of|behind|why|that|to)\b|what\s+(?:caused|led to)\s)`)},
	{WantHowTo, regexp.MustCompile(`(?i)^how\s+(?:do|can|could|should|shall|must|would|may|might)\s+` + anyone + `\s+\w`)},
	{WantChanged, regexp.MustCompile(`(?i)^what(?:['’]s|\s+(?:has|have|had|is|was|were|are))?(?:\s+(?:been|actually|really|exactly|all))*\s+changed` + about +
		`|^what(?:['’]s|\s+(?:is|was|are))\s+(?:new|different)(?:\s+(?:in|about|since|with|under|now)\b|$)` +
		`|^how\s+(?:has|have|had|did|does|do|was|were|is|are)\s.+\s(?:changed?|evolved?|been\s+(?:revised|amended|updated|changed))` + about +
		`|^(?:what(?:['’]re|\s+(?:are|were))|list|summari[sz]e|show(?: me)?|give(?: me)?)?\s*(?:all\s+)?the\s+` + main + `(?:changes|revisions|amendments)\s+(?:in|to|of|since|made|between|from|under|with)\b`)},
	{WantCompare, regexp.MustCompile(`(?i)^(?:compare|contrast)\s+\S|^(?:a|the|an)?\s*comparison\s+(?:of|between)\s` +
		`|^(?:give|show|make|write)(?:\s+(?:me|us))?\s+a\s+(?:\w+\s+)?comparison\b` +
		`|^(?:what(?:['’]s|['’]re|\s+(?:is|are|was|were))\s+)?(?:the\s+)?` + main + `(?:differences?|similarities)\s+between\s|^what\s+(?:differences?|similarities)\s+(?:is|are)\s+there\s+between\s` +
		`|^what(?:['’]s|\s+(?:is|are))\s+different\s+between\s` +
		`|^(?:how|in\s+what\s+ways?)\s+(?:do|does|did|is|are|was|were)\s.+\s(?:differ|differs|different|compare|compares)\b` +
		`|^what\s+(?:sets|distinguishes)\s|^what\s+are\s+the\s+(?:pros and cons|advantages and disadvantages)\s|^(?:the\s+)?pros and cons\s` +
		`|^(?:\S+\s+){1,6}(?:versus|vs)\s+\S`)},
	{WantSummary, regexp.MustCompile(`(?i)^(?:summari[sz]e|outline|recap|abridge)\s+\S|^sum\s+(?:up\b|.+\sup$)|^(?:summary|overview|gist)\s+of\s` +
		`|^(?:give|write|provide|show|make|get|prepare)?(?:\s*(?:me|us))?\s*(?:a|an|the)\s+(?:(?:short|brief|quick|concise|rough|general|high-level|one-\w+|executive|good|little|full)\s+)*(?:summary|overview|outline|gist|recap|synopsis|digest)\s+(?:of|on|about)\s` +
		`|^(?:what(?:['’]re|\s+(?:are|were))\s+|give(?: me| us)?\s+|list\s+)?the\s+(?:main|key|most important|essential|central)\s+(?:points|ideas|takeaways|contents|messages|parts)\s+(?:of|in|from)\s` +
		`|^what\s+(?:does|do)\s.+\s(?:say|cover|tell|contain)(?:\s+us)?,?\s+(?:in\s+(?:brief|short|a\s+nutshell|general|summary)|overall|as a whole)$` +
		`|^what(?:['’]s|\s+(?:is|are|was))\s+.+\sabout$`)},
	{WantList, regexp.MustCompile(`(?i)^(?:list|enumerate)\s+(?:all|every|each|out|the|both|them|those|these|any|me|us|our|its|their|some|what|which|who)\b` +
		`|^(?:name|tell|mention|show|give|find)(?:\s+(?:me|us))?\s+(?:all|every|each)\b` +
		`|^all\s+(?:of\s+)?(?:the|our|its|their)\s|^name\s+the\s+(?:two|three|four|five|six|seven|eight|nine|ten|\d+)\s` +
		`|^(?:give|show|make|write|get|provide)?(?:\s*(?:me|us))?\s*(?:a|the)\s+(?:(?:full|complete|short|whole)\s+)?list\s+of\s` +
		`|^what(?:['’]re|\s+(?:are|were))\s+the\s+(?:(?:different|various|available|possible|main|\w+|several)\s+)?(?:kinds|types|sorts|classes|categories|tiers|levels|versions|options|members|features|requirements|exceptions)\s+(?:of|for|in|to|on|that)\b`)},
	{WantHowTo, regexp.MustCompile(`(?i)^how\s+to\s+\w|^how\s+(?:does|do)\s.+\swork$` +
		`|^how\s+(?:is|are)\s.+\s(?:carried\s+out|handled|done|made|calculated|booked|requested|approved|organi[sz]ed|set\s+up|reported|processed|performed|conducted)\b` +
		`|^what(?:['’]s|['’]re|\s+(?:is|are))\s+the\s+(?:(?:right|correct|best|usual|proper|exact|necessary|required)\s+)?(?:steps?|procedure|process|way|instructions|order\s+of\s+steps)\s+(?:to|for|of|when|if|in)\s` +
		`|^what\s+(?:steps|should\s+` + anyone + `\s+do\b|must\s+` + anyone + `\s+do\b|do\s+` + anyone + `\s+(?:have\s+to\s+|need\s+to\s+)?do\b)` +
		`|^(?:walk|guide|take)\s+(?:me|us)\s+through\s|^(?:show|teach)\s+(?:me|us)\s+how\s|^(?:give\s+(?:me|us)\s+)?(?:the\s+)?(?:steps|instructions)\s+(?:to|for|on)\s|\bstep[\s-]by[\s-]step$`)},
}

// mostBefore is the maximum number of words of politeness and of clauses in
// front of the one that asks.
const mostBefore = 8

func wantsInEnglish(sentence string) Want {
	sentence = strings.TrimSpace(sentence)
	for range mostBefore {
		rest := politeness.ReplaceAllString(sentence, "")
		rest = condition.ReplaceAllString(rest, "")
		if rest == sentence {
			break
		}
		sentence = rest
	}
	switch {
	case nameAsked.MatchString(sentence) || whyNot.MatchString(sentence):
		return WantFact
	case listOfAll.MatchString(sentence):
		return WantList
	case alsoWhy.MatchString(sentence):
		return WantWhy
	case factHead.MatchString(sentence):
		return WantFact
	}
	return wantIn(englishWays, sentence)
}
