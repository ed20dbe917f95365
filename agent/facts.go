package agent

import (
	"maps"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"selfrag/retrieval"
)

// leastShare is the share of a sentence's words that its passages must hold.
const leastShare = 0.5

// refuted tells whether code can see that the passages of a sentence do not
// support it. The words are compared only with passages in the sentence's
// language.
func refuted(s Sentence, passages []retrieval.Passage, common commonNames) bool {
	if len(s.Passages) == 0 {
		return true
	}
	if _, missing := missingFact(s, passages, common); missing {
		return true
	}
	have := map[string]bool{}
	for _, i := range s.Passages {
		text := passages[i].Searchable()
		if retrieval.Language(text) != retrieval.Language(s.Text) {
			return false
		}
		maps.Copy(have, keywords(text))
	}
	said := keywords(s.Text)
	maps.DeleteFunc(said, func(word string, _ bool) bool { return common[word] })
	return shareOf(said, have) < leastShare
}

// missingFact returns a number or a name of the sentence that none of its
// passages holds. A sentence with one is not supported, whatever the model
// says of it; only common names may be missing.
func missingFact(s Sentence, passages []retrieval.Passage, common commonNames) (string, bool) {
	have := map[string]bool{}
	for _, i := range s.Passages {
		text := passages[i].Searchable()
		for _, n := range numbers(text) {
			have[n] = true
		}
		for _, w := range words(folded(text)) {
			have[w] = true
		}
	}
	for _, n := range numbers(s.Text) {
		if !have[n] {
			return n, true
		}
	}
	for _, n := range names(s.Text) {
		if !have[folded(n)] && !common[folded(n)] {
			return n, true
		}
	}
	return "", false
}

// commonNames are names, folded, that a question gives and that tell no
// document apart.
type commonNames map[string]bool

// commonAmong is how many documents must hold a name that is common.
const commonAmong = 3

// commonIn finds the names of a question that several of the documents found
// hold, as a company's documents do the company's. A document need not name it
// again in each passage: that a claim does, with the question, is no sign that
// the passage tells of something else.
func commonIn(question string, found []retrieval.Passage) commonNames {
	holders := map[string]map[string]bool{}     // names to documents
	for _, n := range names("so " + question) { // the first word may be one, too
		holders[folded(n)] = map[string]bool{}
	}
	if len(holders) == 0 {
		return nil
	}
	for _, p := range found {
		for _, w := range words(folded(p.Searchable())) {
			if of, asked := holders[w]; asked {
				of[p.Document] = true
			}
		}
	}
	common := commonNames{}
	for name, of := range holders {
		if len(of) >= commonAmong {
			common[name] = true
		}
	}
	return common
}

// folded is a text in small letters without the marks on Latin ones: who asks
// for Kenshu means Kenshū.
func folded(text string) string {
	text = strings.ToLower(text)
	if strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return text
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if r >= '\u0300' && r <= '\u036f' {
			return -1
		}
		return r
	}, norm.NFD.String(text)))
}

var number = regexp.MustCompile(`\d+(?:[.,:]\d+)*`)

// numbers lists a text's numbers without thousands separators and leading
// zeros, so that 1,000 is 1000 and 07 is 7.
func numbers(text string) []string {
	found := number.FindAllString(text, -1)
	for i, n := range found {
		n = strings.ReplaceAll(n, ",", "")
		if trimmed := strings.TrimLeft(n, "0"); trimmed != "" {
			n = trimmed
		}
		found[i] = n
	}
	return found
}

// words splits text at everything that is neither letter nor digit, and where
// Hangul begins or ends, so that a name keeps apart from a Korean particle
// ("Tidegate는").
func words(text string) []string {
	var out []string
	var word []rune
	hangul := false
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = word[:0]
		}
	}
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if is := unicode.Is(unicode.Hangul, r); is != hangul {
			flush()
			hangul = is
		}
		word = append(word, r)
	}
	flush()
	return out
}

// names lists the words of a sentence that its writing marks as names:
// capitalised, in Latin script, of three letters or more, and not its first word.
// Names in Hangul bear no mark and are left to the model's grade.
func names(sentence string) []string {
	var out []string
	for i, w := range words(sentence) {
		r := []rune(w)
		if i > 0 && len(r) > 2 && unicode.Is(unicode.Latin, r[0]) && unicode.IsUpper(r[0]) && unicode.IsLetter(r[1]) {
			out = append(out, w)
		}
	}
	return out
}
