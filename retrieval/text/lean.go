package text

import "regexp"

var (
	leaningEnglish = regexp.MustCompile(`^\W*(?i:it|its|they|their|them|he|she|his|her|this|these|that|those|such|both|each|there|then|so|otherwise|however|but|and|also|instead|afterwards|the (?:former|latter|same))\b`)
	leaningKorean  = regexp.MustCompile(`^[\s"'“‘(]*(?:이것|그것|이는|그는|이들|그들|이때|그때|이후|그\s|이\s|해당|이러한|그러한|이런|그런|이를|그를|이에|그\s외|또한|또는|다만|단,|그러나|하지만|그리고|따라서|그래서|이\s?경우|위의|앞의|같은)`)
)

// LeansBack reports whether a sentence begins with a word that refers to the
// sentence before it: "It", "These", 이때, 다만.
func LeansBack(sentence string) bool {
	return leaningEnglish.MatchString(sentence) || leaningKorean.MatchString(sentence)
}
