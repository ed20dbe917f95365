package eval

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// The metrics of retrieval take a ranking of distinct document ids, best first,
// and the judgements of one query. A document is relevant if its judgement is
// above 0.

// RecallAt returns the share of the relevant documents that are among the first
// k of the ranking, or 0 if no document is relevant.
func RecallAt(k int, ranking []string, judged map[string]int) float64 {
	relevant := relevantOf(judged)
	if relevant == 0 {
		return 0
	}
	return float64(foundAt(k, ranking, judged)) / float64(relevant)
}

// PrecisionAt returns the share of relevant documents in the first k places.
// Empty places of a short ranking count as not relevant, as in trec_eval.
func PrecisionAt(k int, ranking []string, judged map[string]int) float64 {
	if k <= 0 {
		return 0
	}
	return float64(foundAt(k, ranking, judged)) / float64(k)
}

// HitAt returns 1 if a relevant document is among the first k of the ranking,
// and 0 otherwise (trec_eval's success, also called hit rate).
func HitAt(k int, ranking []string, judged map[string]int) float64 {
	if foundAt(k, ranking, judged) > 0 {
		return 1
	}
	return 0
}

// ReciprocalRank returns 1 divided by the rank of the first relevant document,
// or 0 if the ranking has no relevant document. The mean of ReciprocalRank over
// queries is MRR.
func ReciprocalRank(ranking []string, judged map[string]int) float64 {
	for i, id := range ranking {
		if judged[id] > 0 {
			return 1 / float64(i+1)
		}
	}
	return 0
}

// AveragePrecision returns the mean, over all relevant documents, of the
// precision at the rank of the document. A relevant document that is not in the
// ranking counts 0. The mean of AveragePrecision over queries is MAP.
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

// foundAt counts the relevant documents among the first k of the ranking.
func foundAt(k int, ranking []string, judged map[string]int) int {
	n := 0
	for _, id := range ranking[:max(0, min(k, len(ranking)))] {
		if judged[id] > 0 {
			n++
		}
	}
	return n
}

// NDCGAt returns the normalised discounted cumulative gain of the first k, with
// the judgement as gain and log2(rank+1) as discount, as in trec_eval (Järvelin
// and Kekäläinen 2002). It is 0 if no document is relevant.
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
