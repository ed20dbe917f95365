package embed

import "selfrag/internal/vec"

// pool combines the token vectors of a text, of which there must be at least
// one, into one vector of unit length.
func pool(tokens [][]float32, how Pooling) []float32 {
	switch how {
	case CLS:
		return vec.Unit(tokens[0])
	case Last:
		return vec.Unit(tokens[len(tokens)-1])
	}
	// The mean and the sum have the same direction. The sum is in float64,
	// since the sum of 512 float32 values is wrong in the fourth digit.
	sum := make([]float64, len(tokens[0]))
	for _, t := range tokens {
		for i, x := range t {
			sum[i] += float64(x)
		}
	}
	return vec.Unit(sum)
}
