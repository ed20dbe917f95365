package evidence

import (
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
	words  []string // the rarest first
	weight []float64
}

// weigh weighs each word of a question by how seldom it is in the pieces at
// hand, as BM25 weighs a word. Words that only ask count for nothing.
func weigh(question string, pieces []wordSet) asked {
	holds := map[string]int{}
	for _, p := range pieces {
		for w := range p {
			holds[w]++
		}
	}
	weights := map[string]float64{}
	sum := 0.0
	for w := range wordsOf(text.WithoutAsking(question)) {
		weights[w] = math.Log(1 + (float64(len(pieces))+1)/(float64(holds[w])+0.5))
		sum += weights[w]
	}
	var a asked
	for w := range weights {
		a.words = append(a.words, w)
	}
	slices.SortFunc(a.words, func(x, y string) int {
		if weights[x] != weights[y] {
			if weights[x] > weights[y] {
				return -1
			}
			return 1
		}
		return strings.Compare(x, y)
	})
	for _, w := range a.words {
		a.weight = append(a.weight, weights[w]/sum)
	}
	return a
}

// coverage is the share of the question's words that any of the sets holds.
func (a asked) coverage(sets ...wordSet) float64 {
	sum := 0.0
	for i, w := range a.words {
		if slices.ContainsFunc(sets, func(s wordSet) bool { return s[w] }) {
			sum += a.weight[i]
		}
	}
	return min(sum, 1)
}

// rarest is the coverage of the rarest third of the question's words.
func (a asked) rarest(sets ...wordSet) float64 {
	n := (len(a.words) + 2) / 3
	sum, all := 0.0, 0.0
	for i, w := range a.words[:n] {
		all += a.weight[i]
		if slices.ContainsFunc(sets, func(s wordSet) bool { return s[w] }) {
			sum += a.weight[i]
		}
	}
	if all == 0 {
		return 0
	}
	return sum / all
}
