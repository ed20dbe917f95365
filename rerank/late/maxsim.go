package late

import (
	"fmt"
	"math"

	"selfrag/internal/vec"
)

// maxSim is the mean, over the query's tokens, of the highest cosine that the
// token has with any token of the passage. ColBERT sums instead; for one query
// the order is the same, but a mean does not grow with the query's length, so
// that scores of two queries can be compared and a threshold means something.
// All vectors have unit length. A side without tokens matches nothing: 0.
func maxSim(query, passage [][]float32) (float64, error) {
	if len(query) == 0 || len(passage) == 0 {
		return 0, nil
	}
	var sum float64
	for _, q := range query {
		best := float32(math.Inf(-1))
		for _, p := range passage {
			if len(p) != len(q) {
				return 0, fmt.Errorf("the model gave vectors of %d and of %d dimensions", len(q), len(p))
			}
			best = max(best, vec.Dot(q, p))
		}
		sum += float64(best)
	}
	return sum / float64(len(query)), nil
}
