package eval

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// The metrics of retrieval take a ranking of document ids, best first and each
// once, and the judgements of one query: relevant is what is judged above 0.

// RecallAt is the share of the relevant documents (judged above 0) among the
// first k of the ranking; 0 when none is relevant.
func RecallAt(k int, ranking []string, judged map[string]int) float64 {
	relevant := relevantOf(judged)
	if relevant == 0 {
		return 0
	}
	return float64(foundAt(k, ranking, judged)) / float64(relevant)
}

// PrecisionAt is the share of relevant documents in the first k places. Places
// that a short ranking leaves empty count as not relevant, as in trec_eval.
func PrecisionAt(k int, ranking []string, judged map[string]int) float64 {
	if k <= 0 {
		return 0
	}
	return float64(foundAt(k, ranking, judged)) / float64(k)
}

// HitAt is 1 when a relevant document is among the first k, else 0
// (trec_eval's success, also called hit rate).
func HitAt(k int, ranking []string, judged map[string]int) float64 {
	if foundAt(k, ranking, judged) > 0 {
		return 1
	}
	return 0
}

// ReciprocalRank is 1 through the rank of the first relevant document; 0 when
// there is none. Its mean over queries is MRR.
func ReciprocalRank(ranking []string, judged map[string]int) float64 {
	for i, id := range ranking {
		if judged[id] > 0 {
			return 1 / float64(i+1)
		}
	}
	return 0
}

// AveragePrecision is the mean, over all relevant documents, of the precision
// at the rank of each; those that the ranking lacks count 0. Its mean over
// queries is MAP.
func AveragePrecision(ranking []string, judged map[string]int) float64 {
	relevant := relevantOf(judged)
	if relevant == 0 {
		return 0
	}
	sum, found := 0.0, 0
	for i, id := range ranking {
		if judged[id] > 0 {
			found++
			sum += float64(found) / float64(i+1)
		}
	}
	return sum / float64(relevant)
}

func relevantOf(judged map[string]int) int {
	n := 0
	for _, score := range judged {
		if score > 0 {
			n++
		}
	}
	return n
}

// foundAt counts the relevant documents among the first k.
func foundAt(k int, ranking []string, judged map[string]int) int {
	n := 0
	for _, id := range ranking[:max(0, min(k, len(ranking)))] {
		if judged[id] > 0 {
			n++
		}
	}
	return n
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
