package evidence

import (
	"maps"
	"math"
	"slices"
	"strings"

	"selfrag/retrieval/text"
)

// wordSet is the words of a text in the form in which evidence compares them.
type wordSet = text.Set

// wordsOf returns the index terms of a text without function words. English
// terms are reduced to their stems.
func wordsOf(s string) wordSet {
	out := wordSet{}
	for term := range text.Terms(s) {
		if term = text.Stem(term); !text.IsFunctionWord(term) {
			out[term] = true
		}
	}
	return out
}

// asked holds the words of a question with their weights, which add up to 1.
type asked struct {
	words  []string // sorted
	weight []float64
}

// weigh weights each word of a question by its rarity among the candidates, as
// BM25 does. A word that no candidate holds counts like a word that one
// candidate holds, because it is as often paraphrased as missing. Words that
// only ask have no weight.
func weigh(question string, candidates []wordSet) asked {
	a := asked{words: slices.Sorted(maps.Keys(wordsOf(text.WithoutAsking(question))))}
	sum := 0.0 // summed in the order of the words, so that it is the same each time
	for _, w := range a.words {
		holds := 0
		for _, c := range candidates {
			if c[w] {
				holds++
			}
		}
		weight := math.Log(1 + (float64(len(candidates))+1)/(float64(max(holds, 1))+0.5))
		a.weight = append(a.weight, weight)
		sum += weight
	}
	for i := range a.weight {
		a.weight[i] /= sum
	}
	return a
}

// only returns the words of a question that a function picks, with weights that
// add up to 1 again.
func (a asked) only(pick func(word string) bool) asked {
	var out asked
	sum := 0.0
	for i, w := range a.words {
		if pick(w) {
			out.words, out.weight = append(out.words, w), append(out.weight, a.weight[i])
			sum += a.weight[i]
		}
	}
	for i := range out.weight {
		out.weight[i] /= sum
	}
	return out
}

// meeting returns the words of a question that a sentence in another language
// can hold: names in Latin script and numbers.
func (a asked) meeting(question string) asked {
	names := wordSet{}
	for _, n := range text.MarkedNames(question) {
		for w := range wordsOf(n) {
			names[w] = true
		}
	}
	hangul := text.HasHangul(question)
	return a.only(func(w string) bool {
		return names[w] || strings.Trim(w, "0123456789") == "" || hangul && !text.HasHangul(w)
	})
}

// unknownCoverage is the coverage if no word can be compared: about that of a
// related sentence. Not measured.
const unknownCoverage = 0.3

// coverage returns the weighted share of the question's words that any of the
// sets holds.
func (a asked) coverage(sets ...wordSet) float64 {
	if len(a.words) == 0 {
		return unknownCoverage
	}
	sum := 0.0
	for i, w := range a.words {
		if slices.ContainsFunc(sets, func(s wordSet) bool { return s[w] }) {
			sum += a.weight[i]
		}
	}
	return min(sum, 1)
}
