package questions

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/retrieval/text"
)

// englishQuestion turns an English sentence into a question that asks for one of
// its values: the question word and the verb go to the front. lower reports
// whether the first word of a sentence is an ordinary word, as isSmall does. It
// returns "" if code cannot do it with certainty.
func englishQuestion(v value, lower func(word, next string) bool) string {
	before, after := v.before, v.after
	lead := ""
	if m := leadIn.FindStringSubmatch(before); m != nil { // "In a year, ..." moves to the end
		lead, before = m[1], before[len(m[0]):]
	}
	if m := clauseStart.FindStringIndex(after); m != nil {
		after = after[:m[0]]
	}
	// Another value after this one belongs to a question of its own.
	if other := text.Quantities(after); len(other) > 0 {
		if m := coordination.FindAllStringIndex(after[:other[0].Start], -1); len(m) > 0 {
			after = after[:m[0][0]]
		}
	}
	after = strings.TrimRight(strings.TrimSpace(after), ".")
	subject, verb, rest, ok := englishClause(before)
	if !ok || unclearEnglish.MatchString(before+" "+after) || subordinate.MatchString(before) || coordination.MatchString(rest) {
		return ""
	}
	asking, rest, ok := englishAsking(v, rest)
	if !ok {
		return ""
	}
	first, others, _ := strings.Cut(subject, " ")
	if next, _, _ := strings.Cut(others, " "); lower(first, next) {
		subject = lowered(subject)
	}
	if lead != "" {
		after += " " + lowered(lead)
	}
	question := strings.Join(strings.Fields(strings.Join([]string{asking, verb.auxiliary, subject, verb.main, rest, after}, " ")), " ")
	if n := len(strings.Fields(question)); n < 5 || n > 34 || !balanced(question) || strings.ContainsAny(question, ":;?!\"“”|<>[]{}") {
		return ""
	}
	return strings.TrimRight(question, ", ") + "?"
}

func lowered(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

var (
	coordination = regexp.MustCompile(`\s(?:and|or)\s|,\s`)
	// subordinate matches a clause within the subject or before the value.
	subordinate = regexp.MustCompile(`(?i)\b(?:that|who|whoever|which|whenever|when|where|if|because|what)\b|^(?:at|in|on|by|for|from|after|before|during|with|of|to|under|within|between)\s`)
	leadIn      = regexp.MustCompile(`^((?:In|On|At|Since|After|Before|During|For|Until|By) [^,.;:]{2,50}), `)
	clauseStart = regexp.MustCompile(`,\s(?:and|but|or|which|who|where|when|so|because|with|then|for|from|followed|paid|provided|in\b|at\b|breakfast)\b|;\s|\s(?:and|but) (?:is|are|was|were|has|have|had|may|must|can|will|should|then|so|the|a|an|its|their|it|they|at most|looks?|compares?|asks?|ends?|stays?|goes|go|names?|handed|shown|covers?|starts?|opens?|closes?|gives?|comes?)\b|\s(?:and|but) \w+ed\b|\sand (?:within|up to|at most|at least)\s|\s(?:because|although|while|unless|whatever|which|so that|but)\b|,\s(?:a|an|the|down|up|not|as)\b|\s\(`)
	// unclearEnglish matches words that mean something only beside other
	// sentences or at the time of writing.
	unclearEnglish = regexp.MustCompile(`(?i)\b(?:this|these|those|it|its|they|them|their|he|she|his|her|we|our|us|you|your|above|below|following|today|now|currently|recently|last year|this year|next year|here|there|then|other|others|latter|former|such|same|both|each other|which|who|whom|whose|former|previous|also)\b`)
)

// verbIn is a verb as a question splits it, as in "does ... last" or "must ... be
// sent".
type verbIn struct{ auxiliary, main string }

// mostSubject is the maximum number of words of a subject. Not measured.
const mostSubject = 9

// mostPast is the maximum number of words of a subject before a past form.
// After a longer one, the form is as likely a participle: "every message left".
// Not measured.
const mostPast = 4

// englishClause divides the words before a value into the subject, the verb and
// the rest.
func englishClause(before string) (subject string, verb verbIn, rest string, ok bool) {
	words := strings.Fields(before)
	for i := 1; i < len(words) && i <= mostSubject; i++ {
		w := strings.ToLower(words[i])
		subject, rest = strings.Join(words[:i], " "), strings.Join(words[i+1:], " ")
		if strings.ContainsAny(subject, ",:;") {
			return "", verb, "", false
		}
		next := ""
		if i+1 < len(words) {
			next = strings.ToLower(words[i+1])
		}
		switch {
		case w == "has" || w == "have" || w == "had":
			if next == "been" || next == "to" || strings.HasSuffix(next, "ed") {
				return subject, verbIn{words[i], ""}, rest, next != "to"
			}
			do := map[string]string{"has": "does", "have": "do", "had": "did"}[w]
			return subject, verbIn{do, "have"}, rest, true
		case slices.Contains(auxiliaries, w):
			return subject, verbIn{w, ""}, rest, true
		case slices.Contains(auxiliaries, next): // the word is a noun: hotel costs are
		case slices.Contains(verbs, strings.TrimSuffix(w, "s")) && strings.HasSuffix(w, "s") && !text.IsFunctionWord(w):
			return subject, verbIn{"does", strings.TrimSuffix(w, "s")}, rest, true
		case strings.HasSuffix(w, "es") && slices.Contains(verbs, strings.TrimSuffix(w, "es")):
			return subject, verbIn{"does", strings.TrimSuffix(w, "es")}, rest, true
		case past[w] != "" && i <= mostPast && !slices.ContainsFunc(words[i+1:], func(w string) bool { return slices.Contains(auxiliaries, w) }):
			return subject, verbIn{"did", past[w]}, rest, true
		case i > 0 && slices.Contains(verbs, w): // a plural: "trains leave"
			if strings.HasSuffix(strings.ToLower(words[i-1]), "s") {
				return subject, verbIn{"do", w}, rest, true
			}
		}
	}
	return "", verb, "", false
}

var (
	auxiliaries = []string{"is", "are", "was", "were", "can", "may", "must", "will", "should", "could"}
	// verbs have regular forms in -s and are rarely nouns after a subject.
	verbs = []string{
		"last", "take", "cost", "begin", "start", "end", "open", "close", "cover", "hold", "serve", "weigh", "receive", "leave", "go", "run",
		"come", "meet", "need", "keep", "contain", "include", "pay", "move", "arrive", "stay", "become", "get", "give", "publish", "bridge", "refresh",
		"produce", "employ", "grow", "rise", "fall", "live", "bring", "build", "spend",
	}
	past = map[string]string{
		"took": "take", "began": "begin", "brought": "bring", "bought": "buy", "opened": "open", "closed": "close", "joined": "join", "moved": "move",
		"received": "receive", "became": "become", "grew": "grow", "spent": "spend", "lasted": "last", "started": "start", "ended": "end", "left": "leave",
		"rose": "rise", "fell": "fall", "won": "win", "sold": "sell", "made": "make", "met": "meet", "built": "build", "held": "hold", "ran": "run", "came": "come",
		"went": "go", "paid": "pay", "covered": "cover", "reached": "reach", "published": "publish", "launched": "launch", "produced": "produce", "employed": "employ",
		"founded": "found", "increased": "increase", "decreased": "decrease", "lost": "lose", "gained": "gain", "needed": "need", "cost": "cost", "gave": "give",
	}
)

// before the value: prepositions and words that bound it.
var (
	preposition = regexp.MustCompile(`(?i)(?:^|\s)(on|in|at|by|since|until|before|after|within|for|every|over|from|to|of|with|as|around|between|during|through|under)\s*$`)
	bound       = regexp.MustCompile(`(?i)(?:^|\s)(at least|at most|up to|more than|less than|fewer than|no more than|no less than|about|nearly|only|almost|exactly|around|some|just|over|under|for at most|for at least|for up to)\s*$`)
)

// englishAsking returns the words that ask for a value, and what is left of the
// words between the verb and the value.
func englishAsking(v value, rest string) (asking, left string, ok bool) {
	bounded := ""
	if m := bound.FindStringSubmatchIndex(rest); m != nil {
		bounded, rest = strings.ToLower(rest[m[2]:m[3]]), rest[:m[0]]
		for _, p := range []string{"for "} {
			if s, has := strings.CutPrefix(bounded, p); has {
				bounded, rest = s, rest+" for"
			}
		}
		switch bounded {
		case "at least", "at most", "up to", "more than", "less than", "fewer than", "no more than", "no less than":
		default:
			bounded = ""
		}
	}
	prep := ""
	if m := preposition.FindStringSubmatchIndex(rest); m != nil {
		prep, rest = strings.ToLower(rest[m[2]:m[3]]), rest[:m[0]]
	}
	if strings.HasSuffix(strings.TrimSpace(rest), ",") {
		return "", "", false
	}
	switch v.Unit {
	case "date":
		switch {
		case bounded != "":
			return "", "", false
		case prep == "on" || prep == "in" || prep == "" && strings.TrimSpace(rest) == "":
			return "When", rest, true
		case prep == "since" || prep == "until" || prep == "by":
			return capital(prep) + " when", rest, true
		}
		return "", "", false
	case "clock":
		if prep == "" && strings.TrimSpace(rest) != "" || prep == "of" || prep == "to" || prep == "from" {
			return "", "", false
		}
		return strings.TrimSpace(capital(prep + " what time")), rest, bounded == ""
	case "weekday":
		return "On which weekday", rest, prep == "on" && bounded == ""
	case "KRW", "USD", "EUR", "GBP", "JPY":
		if prep != "" && prep != "at" {
			return "", "", false
		}
		if prep == "at" {
			return "At how much", rest, bounded == ""
		}
		return capital(strings.TrimSpace(bounded + " how much")), rest, true
	}
	noun := countedNoun.FindStringSubmatch(v.written)
	if noun == nil {
		return "", "", false
	}
	word := strings.ToLower(noun[1])
	if !strings.HasSuffix(word, "s") && word != "people" && word != "cent" && word != "percent" {
		if !countable[word] {
			return "", "", false
		}
		word += "s"
	}
	word = strings.ToLower(noun[0][:len(noun[0])-len(noun[1])]) + word
	switch prep {
	case "", "within", "for", "after", "in", "every", "over", "at", "to", "before":
	default:
		return "", "", false
	}
	many := "how many " + word
	if bounded != "" {
		many = bounded + " " + many
	}
	if prep == "every" {
		return "Every how many " + word, rest, bounded == ""
	}
	return capital(strings.TrimSpace(prep + " " + many)), rest, true
}

var (
	countedNoun = regexp.MustCompile(`(?i)(?:working |business |calendar |full |whole |consecutive |per )?([a-z]+)$`)
	countable   = text.SetOf("minute hour day week month year quarter kilometre kilometer metre")
)

func capital(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// role matches a sentence that says who holds an office: the name, the verb and
// the office.
var role = regexp.MustCompile(`^([A-Z][a-z]+(?: [A-Z][a-z]+){1,2}) (is|was|has been) (the (?:\w+ ){0,4}(?:manager|lead|leader|head|steward|chair|director|officer|founder|president|editor|coordinator|contact|owner)\b[^,.;:]{0,60})\.$`)

// whoQuestion turns "Ana Ruiz is the site manager." into a question that asks for
// the name.
func whoQuestion(line string) (question, answer string) {
	m := role.FindStringSubmatch(line)
	if m == nil || unclearEnglish.MatchString(m[3]) {
		return "", ""
	}
	return "Who " + m[2] + " " + m[3] + "?", m[1]
}

// passive matches a sentence that says by whom something is done.
var passive = regexp.MustCompile(`^([A-Z][^,.;:]{2,60}?) (is|are|was|were) (owned|made|led|run|built|written|maintained|managed|published|designed|founded|kept) by (?:the )?((?:[A-Z][\w'’-]+ ?){1,4})((?: in| for| at|,).*)?\.$`)

// byWhomQuestion turns "Tidegate is owned by the Dock Planning Team." into a
// question that asks for the name.
func byWhomQuestion(line string, lower func(word, next string) bool) (question, answer string) {
	m := passive.FindStringSubmatch(line)
	if m == nil || unclearEnglish.MatchString(m[1]) || subordinate.MatchString(m[1]) {
		return "", ""
	}
	subject, name := m[1], strings.TrimSpace(m[4])
	first, others, _ := strings.Cut(subject, " ")
	if next, _, _ := strings.Cut(others, " "); lower(first, next) {
		subject = lowered(subject)
	}
	asking := "By whom "
	for _, kind := range []string{"Team", "Department", "Office", "Committee"} {
		if strings.HasSuffix(name, " "+kind) {
			asking = "By which " + strings.ToLower(kind) + " "
		}
	}
	return asking + m[2] + " " + subject + " " + m[3] + "?", name
}
