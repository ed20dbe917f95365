package evidence

import (
	"maps"
	"math"
	"slices"
	"strings"

	"selfrag/retrieval/text"
)

// wordSet is the words of a text as evidence compares them.
type wordSet = text.Set

// wordsOf is the index terms of a text, English ones cut to their stems, without
// words that name nothing.
func wordsOf(s string) wordSet {
	out := wordSet{}
	for term := range text.Terms(s) {
		if term = text.Stem(term); !text.IsFunctionWord(term) {
			out[term] = true
		}
	}
	return out
}

// asked is the words of a question with their weights, which add up to 1.
type asked struct {
	words  []string // sorted
	weight []float64
}

// weigh weighs each word of a question by how seldom it is in the candidates, as
// BM25 weighs a word. One that none holds counts as one that a single candidate
// does: it is as often said in other words there as it is what is missing. Words
// that only ask count for nothing.
func weigh(question string, candidates []wordSet) asked {
	a := asked{words: slices.Sorted(maps.Keys(wordsOf(text.WithoutAsking(question))))}
	sum := 0.0 // in the order of the words, so that it is the same each time
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

// only is those of a question's words that a function picks, with weights that
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

// meeting is those of a question's words that a sentence in another language can
// hold: names in Latin script and numbers.
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

// unknownCoverage stands for a coverage where no word can meet: about that of a
// sentence which has to do with the question. Not measured.
const unknownCoverage = 0.3

// coverage is the share of the question's words that any of the sets holds.
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
