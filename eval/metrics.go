package eval

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// RecallAt is the share of the relevant documents (judged above 0) among the
// first k of the ranking; 0 when none is relevant.
func RecallAt(k int, ranking []string, judged map[string]int) float64 {
	relevant := 0
	for _, score := range judged {
		if score > 0 {
			relevant++
		}
	}
	if relevant == 0 {
		return 0
	}
	found := 0
	for _, id := range ranking[:min(k, len(ranking))] {
		if judged[id] > 0 {
			found++
		}
	}
	return float64(found) / float64(relevant)
}

// NDCGAt is the normalised discounted cumulative gain of the first k, with
// the judgement as gain and log2(rank+1) as discount, as trec_eval computes it
// (Järvelin and Kekäläinen 2002); 0 when nothing is relevant.
func NDCGAt(k int, ranking []string, judged map[string]int) float64 {
	gains := make([]int, 0, k)
	for _, id := range ranking[:min(k, len(ranking))] {
		gains = append(gains, judged[id])
	}
	ideal := slices.SortedFunc(maps.Values(judged), func(a, b int) int { return cmp.Compare(b, a) })
	best := discounted(ideal[:min(k, len(ideal))])
	if best == 0 {
		return 0
	}
	return discounted(gains) / best
}

func discounted(gains []int) float64 {
	sum := 0.0
	for i, g := range gains {
		sum += float64(max(g, 0)) / math.Log2(float64(i+2))
	}
	return sum
}
