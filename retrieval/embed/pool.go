package embed

import "selfrag/internal/vec"

// pool makes one vector of unit length of the token vectors of a text, of
// which there must be one at least.
func pool(tokens [][]float32, how Pooling) []float32 {
	switch how {
	case CLS:
		return vec.Unit(tokens[0])
	case Last:
		return vec.Unit(tokens[len(tokens)-1])
	}
	// The mean and the sum point the same way. float64, since the sum of 512
	// float32 is off in the fourth digit.
	sum := make([]float64, len(tokens[0]))
	for _, t := range tokens {
		for i, x := range t {
			sum[i] += float64(x)
		}
	}
	return vec.Unit(sum)
}
