package agent

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"selfrag/retrieval"
)

// capitalised is a name in Latin script: capitalised words, with initials
// ("J. Kim") and small words between them ("Bank of the North"), and a year
// after them ("Expo 1967").
var capitalised = regexp.MustCompile(`(?:\p{Lu}\.|\p{Lu}[\p{L}\p{N}'’\-]*)(?:\s+(?:(?:of|the|de|la|le|du|van|von|der|del)\s+){0,2}(?:\p{Lu}\.|\p{Lu}[\p{L}\p{N}'’\-]*|\d{4}\b))*`)

// quoted is what stands in quotation marks or Korean title marks.
var quoted = regexp.MustCompile(`[“"‘'「『《〈<]([^“”"‘’'「」『』《》〈〉<>]{2,40})[”"’'」』》〉>]`)

var parenthesis = regexp.MustCompile(`\s*[(（][^)）]*[)）]`)

// namesOf lists what a passage is about and what it names, at most n: its
// title, then the names in its text, in their order. Names that the question
// holds already lead nowhere and are left out, the title excepted. Hangul
// words bear no mark of being names: each that could be one by its particle
// counts.
func namesOf(p retrieval.Passage, question string, n int) []string {
	var out []string
	asked := " " + strings.Join(words(strings.ToLower(question)), " ") + " "
	add := func(name string, always bool) {
		name = strings.Trim(parenthesis.ReplaceAllString(name, ""), " .,'’\"-")
		plain := strings.Join(words(strings.ToLower(name)), " ")
		if len(out) >= n || len([]rune(name)) < 2 || slices.Contains(functionWords(), plain) ||
			slices.ContainsFunc(out, func(have string) bool { return strings.EqualFold(have, name) }) {
			return
		}
		if always || !strings.Contains(asked, " "+plain+" ") {
			out = append(out, name)
		}
	}
	add(p.Title, true)
	for _, name := range quoted.FindAllStringSubmatch(p.Text, -1) {
		add(name[1], false)
	}
	for _, name := range capitalised.FindAllString(p.Text, -1) {
		add(name, false)
	}
	if retrieval.Language(p.Text) == "ko" {
		for _, w := range strings.Fields(p.Text) {
			if name, ok := withoutParticle(w); ok {
				add(name, false)
			}
		}
	}
	return out
}

// functionWords begin English sentences with a capital letter and name
// nothing.
func functionWords() []string {
	return []string{"the", "a", "an", "in", "on", "at", "it", "its", "he", "she", "his", "her", "they", "their", "this", "that", "these",
		"there", "as", "by", "for", "from", "after", "before", "during", "while", "when", "where", "who", "with", "although", "however",
		"since", "some", "many", "most", "one", "two", "both", "also", "if", "but", "and", "or", "to", "of", "all", "other"}
}

// withoutParticle cuts a particle off a Hangul word that has one, longest
// first. ok is false for words without, which are as often verbs.
func withoutParticle(w string) (string, bool) {
	w = strings.TrimFunc(w, func(r rune) bool { return !unicode.Is(unicode.Hangul, r) })
	for _, particle := range []string{"에서는", "으로는", "에서", "으로", "에게", "까지", "부터", "이며", "은", "는", "이", "가", "을", "를", "의", "와", "과", "로"} {
		if name, ok := strings.CutSuffix(w, particle); ok && len([]rune(name)) >= 2 {
			return name, true
		}
	}
	return "", false
}

// namedIn tells whether a look-up is nothing but a name that the question
// holds, so that there is nothing to find out.
func namedIn(question, lookup string) (string, bool) {
	name := strings.TrimSpace(lookup)
	for _, article := range []string{"the ", "The ", "a ", "an "} {
		name = strings.TrimPrefix(name, article)
	}
	if name == "" || !strings.Contains(strings.ToLower(question), strings.ToLower(name)) {
		return "", false
	}
	for _, w := range words(name) {
		r := []rune(w)
		if unicode.IsLower(r[0]) && !slices.Contains([]string{"of", "the", "de", "la", "and", "s"}, w) || unicode.Is(unicode.Hangul, r[0]) {
			return "", false
		}
	}
	return name, true
}
