package late

import (
	"fmt"
	"math"
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
			best = max(best, dot(q, p))
		}
		sum += float64(best)
	}
	return sum / float64(len(query)), nil
}

// dot adds in four lanes: one running sum would make each addition wait for the
// last, and this loop is most of the work beside the model.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float32
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

// unit scales a vector to length 1; zero stays zero.
func unit(v []float32) []float32 {
	var squares float64
	for _, x := range v {
		squares += float64(x) * float64(x)
	}
	out := make([]float32, len(v))
	if squares == 0 {
		return out
	}
	scale := float32(1 / math.Sqrt(squares))
	for i, x := range v {
		out[i] = x * scale
	}
	return out
}
