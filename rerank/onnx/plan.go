package onnx

import (
	"cmp"
	"slices"

	"selfrag/internal/onnx"
)

// pair is a query with one window of a passage.
type pair struct {
	input   onnx.Pair
	passage int // index of the passage
}

// batchLimits limit a batch. tokens includes padding; 0 means no limit.
type batchLimits struct{ pairs, tokens int }

// plan groups pairs, given by their indices, into batches of about the same
// length, the longest first. Short ones remain for the end, so that no core
// waits long for another.
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
