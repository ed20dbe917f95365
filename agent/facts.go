package agent

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"selfrag/retrieval"
)

// leastShare is the share of a sentence's words that its passages must hold.
const leastShare = 0.5

// refuted tells whether code can see that the passages of a sentence do not
// support it. Names and words are compared only with passages in the sentence's
// language: others spell them otherwise. The words of a look-up that a sentence
// answers are the question's, and need not be the passages'.
func refuted(s Sentence, passages []retrieval.Passage, given givenNames) bool {
	if len(s.Passages) == 0 {
		return true
	}
	if _, missing := missingNumber(s, passages); missing {
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
	if _, missing := missingName(s, passages, given); missing {
		return true
	}
	said := keywords(s.Text)
	if asked := keywords(s.lookUp); shareOf(said, asked) < 1 { // else the answer is one of the words asked about
		maps.DeleteFunc(said, func(word string, _ bool) bool { return asked[word] })
	}
	maps.DeleteFunc(said, func(word string, _ bool) bool { return given.common[word] })
	return shareOf(said, have) < leastShare
}

// missingFact returns a number or a name of the sentence that none of its
// passages holds. A sentence with one is not supported, whatever the model
// says of it; only common names may be missing.
func missingFact(s Sentence, passages []retrieval.Passage, given givenNames) (string, bool) {
	if n, missing := missingNumber(s, passages); missing {
		return n, true
	}
	return missingName(s, passages, given)
}

func missingNumber(s Sentence, passages []retrieval.Passage) (string, bool) {
	have := map[string]bool{}
	for _, i := range s.Passages {
		for _, n := range numbers(passages[i].Searchable()) {
			have[n] = true
		}
	}
	for _, n := range numbers(withoutMonths(s.Text, monthsOf(s, passages))) {
		if !have[n] {
			return n, true
		}
	}
	return "", false
}

func missingName(s Sentence, passages []retrieval.Passage, given givenNames) (string, bool) {
	have := map[string]bool{}
	for _, i := range s.Passages {
		for _, w := range words(folded(passages[i].Searchable())) {
			have[w] = true
		}
	}
	told := monthsOf(s, passages)
	for _, n := range names(s.Text) {
		if !have[folded(n)] && !given.common[folded(n)] && !told[monthOf(n)] {
			return n, true
		}
	}
	return missingTitled(s, passages, given.titled)
}

// missingTitled returns one of the names that the sentence holds and none of its
// passages does. Passages in another language spell it otherwise.
func missingTitled(s Sentence, passages []retrieval.Passage, titled []string) (string, bool) {
	for _, name := range titled {
		if mentions(s.Text, name) && !slices.ContainsFunc(s.Passages, func(i int) bool {
			text := passages[i].Searchable()
			return strings.Contains(text, name) || retrieval.Language(text) != retrieval.Language(s.Text)
		}) {
			return name, true
		}
	}
	return "", false
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

// number is a number with the word that multiplies it.
var number = regexp.MustCompile(`(\d+(?:[.,:]\d+)*)(?:\s?(천만|백만|십만|만|억)|\s((?i:thousand|million|billion)\b))?`)

// multipliers are what such words stand for.
var multipliers = map[string]float64{
	"십만": 1e5, "백만": 1e6, "천만": 1e7, "만": 1e4, "억": 1e8, "thousand": 1e3, "million": 1e6, "billion": 1e9,
}

// numbers lists a text's numbers without thousands separators and leading
// zeros, and written out, so that 1,000 is 1000, 07 is 7, and 1.5 million and
// 150만 are 1500000.
func numbers(text string) []string {
	var found []string
	for _, m := range number.FindAllStringSubmatch(text, -1) {
		found = append(found, valueOf(m))
	}
	return found
}

// valueOf is what a match of number stands for, written out.
func valueOf(m []string) string {
	n := strings.ReplaceAll(m[1], ",", "")
	if trimmed := strings.TrimLeft(n, "0"); trimmed != "" {
		n = trimmed
	}
	if times, ok := multipliers[strings.ToLower(m[2]+m[3])]; ok {
		if v, err := strconv.ParseFloat(n, 64); err == nil {
			n = strconv.FormatFloat(math.Round(v*times), 'f', -1, 64)
		}
	}
	return n
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

// currencies are written in many ways: KRW, won, ₩.
var currencies = wordSet("KRW USD EUR GBP JPY CNY")

// names lists the words of a sentence that its writing marks as names:
// capitalised, in Latin script, of three letters or more, and not its first word.
// Names in Hangul bear no mark: of those only titles tell (givenNames).
func names(sentence string) []string {
	var out []string
	for i, w := range words(sentence) {
		r := []rune(w)
		if i > 0 && len(r) > 2 && !currencies[w] && unicode.Is(unicode.Latin, r[0]) && unicode.IsUpper(r[0]) && unicode.IsLetter(r[1]) {
			out = append(out, w)
		}
	}
	return out
}
