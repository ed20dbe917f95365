package claim

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// MostValueWords is the maximum number of words in a short answer. Not
// measured. The longest name in the demo's documents (the handbook) has five
// words.
const MostValueWords = 12

// OfValue turns a short answer into a sentence for Check. The text of the
// sentence is the question followed by the answer. cited holds the indices of
// the passages that the model cited. ok is false if no passage contains the
// words of the answer.
func OfValue(question, value string, cited []int, in Sources) (s Sentence, ok bool) {
	value = ShortAnswer(value)
	at := Holding(value, question, in.Passages)
	if at < 0 || len(text.Keywords(value)) == 0 {
		return Sentence{}, false
	}
	value = withCurrency(value, in.Passages[at].Text)
	s = attribute(Sentence{Text: question + " " + value, Value: value, Passages: cited}, in)
	if !slices.ContainsFunc(s.Passages, func(i int) bool { return Holds(in.Passages[i].Searchable(), value) }) {
		s = s.Citing(at)
	}
	return s, true
}

var (
	bareNumber  = regexp.MustCompile(`^\d[\d,.]*$`)
	bareNumbers = regexp.MustCompile(`\d(?:[\d,.]*\d)?`)
)

// withCurrency returns an answer that is only a number together with its
// currency, as the passage writes the two: "180,000" becomes "KRW 180,000". It
// returns the answer unchanged if the passage also uses the number for
// something else.
func withCurrency(value, passage string) string {
	if !bareNumber.MatchString(value) {
		return value
	}
	amount := ""
	for _, q := range text.Quantities(passage) {
		written := passage[q.Start:q.End]
		if !slices.Contains(bareNumbers.FindAllString(written, -1), value) {
			continue
		}
		if !text.IsCurrency(q.Unit) || amount != "" && written != amount {
			return value
		}
		amount = written
	}
	return cmp.Or(amount, value)
}

// asked returns the question in a sentence that OfValue made. ok is false for
// any other sentence.
func (s Sentence) asked() (question string, ok bool) {
	question, ok = strings.CutSuffix(s.Text, s.Value)
	return question, ok && s.Value != ""
}

// wrongUnit checks a short answer to "how many" or to a question for a price.
// It refutes a number that the cited passages use only to count other things
// than the question asks for. For example, "2.5 years" does not answer a
// question for a number of names. It does not refute a number in a row of a
// table, because the unit of that number is in the header. If the question asks
// for a price, it also refutes a value that counts something other than money.
func wrongUnit(s Sentence, in Sources) Verdict {
	asked, ok := s.asked()
	if !ok || !in.applies(RuleUnit) {
		return Verdict{}
	}
	if text.AsksForPrice(asked) && countsOther(asked, s.Value) {
		return refutes(RuleUnit, s.Value)
	}
	if text.AsksFor(asked) != text.NumberKind {
		return Verdict{}
	}
	held := false
	for _, n := range s.Passages {
		runes := []rune(in.Passages[n].Text)
		for _, span := range text.TrimmedSentences(runes) {
			sentence := string(runes[span.Start:span.End])
			switch {
			case !Holds(sentence, s.Value):
			case strings.Contains(sentence, "|") || text.HoldsKind(asked, sentence, "") > 0.25:
				return Verdict{}
			default:
				held = true
			}
		}
	}
	if held {
		return refutes(RuleUnit, s.Value)
	}
	return Verdict{}
}

// countsOther reports whether a value contains only quantities of another kind
// than the question asks for. It returns false for a value without quantities.
// A number without a unit counts as any kind.
func countsOther(question, value string) bool {
	found := text.Quantities(value)
	return len(found) > 0 && !slices.ContainsFunc(found, func(q text.Quantity) bool {
		return q.Unit == "number" || text.Asks(question, q.Unit)
	})
}

// fits reports whether a value is a number, a date or an amount of money of the
// kind and with the unit that the question asks for.
func fits(question, value string) bool {
	switch text.AsksFor(question) {
	case text.NumberKind, text.MoneyKind, text.DateKind:
		return text.HoldsKind(question, value, "") == 1
	}
	return false
}

var (
	asksWho      = regexp.MustCompile(`(?i)^\s*who(?:m|se)?\b|누(?:구|가)`)
	describedBy  = regexp.MustCompile(`(?i)\bthe\s+([a-z]+)\s+(?:that|which|with|of|in|for)\b`)
	describedKor = regexp.MustCompile(`[는은한된의]\s+([가-힣]+)의\s`)
)

// partOfQuestion refutes an answer to "who" that names a group instead of a
// person. For example, "the Dock Planning Team" does not answer "who leads the
// team that owns Tidegate".
func partOfQuestion(s Sentence, in Sources) Verdict {
	asked, ok := s.asked()
	words := text.Words(strings.ToLower(s.Value))
	if !ok || len(words) == 0 || !in.applies(RulePart) || !asksWho.MatchString(asked) {
		return Verdict{}
	}
	last := words[len(words)-1]
	for _, m := range describedBy.FindAllStringSubmatch(asked, -1) {
		if last == strings.ToLower(m[1]) {
			return refutes(RulePart, s.Value)
		}
	}
	for _, m := range describedKor.FindAllStringSubmatch(asked, -1) {
		stem, ok := text.TrimParticle(last)
		if strings.HasSuffix(last, m[1]) || ok && strings.HasSuffix(stem, m[1]) {
			return refutes(RulePart, s.Value)
		}
	}
	return Verdict{}
}

// IsValue reports whether a sentence is only a short answer, which means that
// it has few words and none of them is in the question.
func IsValue(s Sentence, question string) bool {
	return len(strings.Fields(s.Text)) <= MostValueWords/2 && text.Share(text.Keywords(s.Text), text.Keywords(question)) == 0
}

// ShortAnswer returns a short answer of a model without citation marks, and
// without full stops and quotation marks around it.
func ShortAnswer(s string) string { return strings.Trim(WithoutMarks(s), " .\"“”") }

// Holding returns the index of a passage that contains an answer, or -1. If
// several passages contain it, Holding returns the index of the passage that
// shares most words with the query.
func Holding(answer, query string, passages []retrieval.Passage) int {
	asked := text.Keywords(query)
	best, most := -1, -1.0
	for i, p := range passages {
		if !Holds(p.Searchable(), answer) {
			continue
		}
		if share := text.Share(asked, text.Keywords(p.Searchable())); share > most {
			best, most = i, share
		}
	}
	return best
}

// Holds reports whether a text contains each word of an answer. The last word
// of a Korean answer may be the beginning of a longer word in the text, because
// a particle may follow it there.
func Holds(s, answer string) bool {
	if text.Share(text.Keywords(answer), text.Keywords(s)) == 1 {
		return true
	}
	words := text.Words(strings.ToLower(answer))
	if n := len(words); n == 0 || !unicode.In([]rune(words[n-1])[0], unicode.Hangul) {
		return false
	}
	return strings.Contains(" "+strings.Join(text.Words(strings.ToLower(s)), " "), " "+strings.Join(words, " "))
}
