package onnx

import (
	"cmp"
	"slices"

	"selfrag/internal/onnx"
)

// pair is a query with one window of a passage.
type pair struct {
	input   onnx.Pair
	passage int // its place among the passages
}

// batchLimits bound a batch. tokens counts padding; 0 is no bound.
type batchLimits struct{ pairs, tokens int }

// plan groups pairs, by their places, into batches of about the same length,
// the longest first: what is left for the end is short, so that no core waits
// long for another.
func plan(pairs []pair, limits batchLimits) [][]int {
	order := make([]int, len(pairs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(pairs[b].input.Len(), pairs[a].input.Len()) })
	var batches [][]int
	for len(order) > 0 {
		n := min(limits.pairs, len(order))
		if longest := pairs[order[0]].input.Len(); limits.tokens > 0 {
			n = max(1, min(n, limits.tokens/max(longest, 1)))
		}
		batches = append(batches, order[:n])
		order = order[n:]
	}
	return batches
}
