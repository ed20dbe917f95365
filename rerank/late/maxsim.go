package late

import (
	"fmt"
	"math"

	"selfrag/internal/vec"
)

// maxSim returns the weighted mean, over the query's tokens, of the highest
// cosine of the token with any token of the passage. If weights is nil, all
// weights are equal. ColBERT takes the sum instead. For one query the order is
// the same, but a mean does not grow with the length of the query, so scores of
// different queries can be compared and a threshold makes sense. All vectors
// have unit length. If one side has no tokens, the result is 0.
func maxSim(query [][]float32, weights []float64, passage [][]float32) (float64, error) {
	if len(query) == 0 || len(passage) == 0 {
		return 0, nil
	}
	var sum, all float64
	for i, q := range query {
		best := float32(math.Inf(-1))
		for _, p := range passage {
			if len(p) != len(q) {
				return 0, fmt.Errorf("the model gave vectors of %d and of %d dimensions", len(q), len(p))
			}
			best = max(best, vec.Dot(q, p))
		}
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		sum += w * float64(best)
		all += w
	}
	return sum / all, nil
}
