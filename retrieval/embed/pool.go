package embed

import "math"

// pool makes one vector of unit length of the token vectors of a text, of
// which there must be one at least.
func pool(tokens [][]float32, how Pooling) []float32 {
	switch how {
	case CLS:
		return unit(tokens[0])
	case Last:
		return unit(tokens[len(tokens)-1])
	}
	// The mean and the sum point the same way. float64, since the sum of 512
	// float32 is off in the fourth digit.
	sum := make([]float64, len(tokens[0]))
	for _, t := range tokens {
		for i, x := range t {
			sum[i] += float64(x)
		}
	}
	return unit(sum)
}

// unit scales a vector to length 1; zero stays zero.
func unit[F float32 | float64](v []F) []float32 {
	var squares float64
	for _, x := range v {
		squares += float64(x) * float64(x)
	}
	out := make([]float32, len(v))
	if squares == 0 {
		return out
	}
	scale := 1 / math.Sqrt(squares)
	for i, x := range v {
		out[i] = float32(float64(x) * scale)
	}
	return out
}
