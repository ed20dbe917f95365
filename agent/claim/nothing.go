package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"selfrag/retrieval/text"
)

// SaysNothing reports whether each sentence only repeats the question or says
// that a thing is itself: "The ferry carries cars" to "How many cars does the
// ferry carry?", "The leader of the team is the leader". Code decides only if it
// is certain. A question that can be answered in its own words (yes or no, a
// choice) is repeated by no sentence.
func SaysNothing(question string, sentences []Sentence) bool {
	if len(sentences) == 0 {
		return false
	}
	return !slices.ContainsFunc(sentences, func(s Sentence) bool {
		return !saysItself(s.Shown()) && !repeatsQuestion(question, s.Shown())
	})
}

// leastRepeated is the minimum share of the question's words in a sentence that
// repeats it. A name that the question mentions may be its answer, and has
// fewer. Not measured.
const leastRepeated = 0.6

var (
	asksOpenly = regexp.MustCompile(`(?i)\b(?:who|whom|whose|what|when|where|why|how|which)\b|누구|누가|무엇|무슨|뭐|뭘|언제|어디|왜|어떻게|어떤|어느|몇|며칠|얼마`)
	offers     = regexp.MustCompile(`(?i)\b(?:or|which of|between|among|than|either|whether)\b|[:,]|중에|중 |가운데|또는|아니면|혹은|이나 |더 |보다`)
	// auxiliaries are words of Korean sentences that say nothing by themselves.
	auxiliaries = regexp.MustCompile(`^(?:입니다|이다|있습니다|있다|합니다|한다|됩니다|된다|했습니다|되었습니다|것입니다|것|수|그|이|및|와|과)$`)
)

func repeatsQuestion(question, sentence string) bool {
	if !asksOpenly.MatchString(question) || offers.MatchString(question) {
		return false
	}
	switch text.AsksFor(question) {
	case text.NumberKind, text.MoneyKind, text.DateKind:
		if text.HoldsKind(question, sentence, "") > 0 {
			return false
		}
	}
	said, asked := content(sentence), content(text.WithoutAsking(question))
	if len(said) == 0 || len(asked) == 0 {
		return false
	}
	for _, w := range said {
		if !slices.ContainsFunc(asked, func(q string) bool { return sameWord(w, q) }) {
			return false
		}
	}
	n := 0
	for _, q := range asked {
		if slices.ContainsFunc(said, func(w string) bool { return sameWord(w, q) }) {
			n++
		}
	}
	return float64(n) >= leastRepeated*float64(len(asked))
}

// content returns the words of a text that say something, in lower case, without
// endings and particles.
func content(s string) []string {
	var out []string
	for _, field := range strings.Fields(strings.ToLower(s)) {
		for _, w := range text.Words(field) {
			if text.HasHangul(w) {
				if stem, ok := text.TrimParticle(w); ok {
					w = stem
				}
			}
			if text.IsFunctionWord(w) || auxiliaries.MatchString(w) || text.WithoutAsking(w) == "" {
				continue
			}
			if _, isParticle := text.TrimParticle("가" + w); isParticle && text.HasHangul(w) && len([]rune(w)) == 1 {
				continue // behind a name in Latin letters
			}
			out = append(out, text.Stem(w))
		}
	}
	return out
}

// sameWord reports whether two words are the same. Korean verbs are the same if
// they begin with the same two syllables, because their endings differ.
func sameWord(a, b string) bool {
	if a == b {
		return true
	}
	x, y := []rune(a), []rune(b)
	return len(x) > 2 && len(y) >= 2 && unicode.Is(unicode.Hangul, x[0]) && x[0] == y[0] && x[1] == y[1]
}

var (
	englishIs = regexp.MustCompile(`(?i)\s+(?:is|are|was|were)\s+`)
	koreanIs  = regexp.MustCompile(`(?:은|는|이|가)\s+`)
	copula    = regexp.MustCompile(`(?:입니다|이다|이에요|예요|이었습니다|였습니다)$`)
	article   = regexp.MustCompile(`(?i)^(?:the|a|an)\s+`)
	belonging = regexp.MustCompile(`^\s+(?:of|that|who|which|in|at|for|on|from)\b`)
)

// saysItself reports whether a sentence says that a thing is itself.
func saysItself(sentence string) bool {
	sentence = strings.ToLower(strings.TrimSpace(strings.TrimRight(sentence, ".!。 ")))
	for _, at := range englishIs.FindAllStringIndex(sentence, -1) {
		thing, is := article.ReplaceAllString(sentence[:at[0]], ""), article.ReplaceAllString(sentence[at[1]:], "")
		if rest, ok := strings.CutPrefix(thing, is); ok && (rest == "" || belonging.MatchString(rest)) {
			return true
		}
	}
	is := copula.FindStringIndex(sentence)
	if is == nil {
		return false
	}
	for _, at := range koreanIs.FindAllStringIndex(sentence[:is[0]], -1) {
		thing, same := sentence[:at[0]], sentence[at[1]:is[0]]
		if rest, ok := strings.CutSuffix(thing, same); ok && (rest == "" || strings.HasSuffix(rest, " ")) && same != "" {
			return true
		}
	}
	return false
}
