package text

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// currencies do not count as names, because a currency is written in many ways:
// KRW, won, ₩.
var currencies = SetOf("KRW USD EUR GBP JPY CNY")

// Names returns the words of a sentence that are written as names: capitalised
// words in Latin script of three letters or more. It leaves out the first word,
// which has a capital anyway. Names in Hangul have no such mark.
func Names(sentence string) []string {
	var out []string
	first := true
	for w := range words(sentence) {
		if !first && IsMarkedName(w) {
			out = append(out, w)
		}
		first = false
	}
	return out
}

// MarkedNames is like Names for a text that is not a sentence, such as a title:
// the first word counts, too.
func MarkedNames(s string) []string {
	return slices.DeleteFunc(Words(s), func(w string) bool { return !IsMarkedName(w) })
}

// IsMarkedName reports whether a word is written as a name in Latin script.
func IsMarkedName(w string) bool {
	r := []rune(w)
	return len(r) > 2 && !currencies[w] && unicode.Is(unicode.Latin, r[0]) && unicode.IsUpper(r[0]) && unicode.IsLetter(r[1])
}

// capitalised matches a name in Latin script: capitalised words, with initials
// ("J. Kim") and small words between them ("Bank of the North"), and a year
// after them ("Expo 1967").
var capitalised = regexp.MustCompile(`(?:\p{Lu}\.|\p{Lu}[\p{L}\p{N}'’\-]*)(?:\s+(?:(?:of|the|de|la|le|du|van|von|der|del)\s+){0,2}(?:\p{Lu}\.|\p{Lu}[\p{L}\p{N}'’\-]*|\d{4}\b))*`)

// quoted matches text in quotation marks or Korean title marks.
var quoted = regexp.MustCompile(`[“"‘'「『《〈<]([^“”"‘’'「」『』《》〈〉<>]{2,40})[”"’'」』》〉>]`)

// PossibleNames returns what may be names in a text, in the order in which to
// try them: text in quotation marks, then capitalised words, and in Korean,
// where names have no mark, each word whose particle allows it. The result
// includes repeats and function words.
func PossibleNames(s string) []string {
	var out []string
	for _, name := range quoted.FindAllStringSubmatch(s, -1) {
		out = append(out, name[1])
	}
	out = append(out, capitalised.FindAllString(s, -1)...)
	if Language(s) != "ko" {
		return out
	}
	for _, w := range strings.Fields(s) {
		w = strings.TrimFunc(w, func(r rune) bool { return !unicode.Is(unicode.Hangul, r) })
		if name, ok := TrimParticle(w); ok {
			out = append(out, name)
		}
	}
	return out
}

// functionWords begin English sentences with a capital letter but name nothing.
var functionWords = SetOf(`the a an in on at it its he she his her they their this that these
	there as by for from after before during while when where who with although however
	since some many most one two both also if but and or to of all other`)

// IsFunctionWord reports whether a word in lower case names nothing, although
// it may begin an English sentence with a capital.
func IsFunctionWord(w string) bool { return functionWords[w] }
