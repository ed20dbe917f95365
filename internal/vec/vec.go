// Package vec holds the vector arithmetic that embedders, stores and late
// interaction share.
package vec

import (
	"math"

	"github.com/viterin/vek"
	"github.com/viterin/vek/vek32"
)

// accelerated reports whether the processor has the instructions (AVX2 and FMA)
// that vek32 has assembly for. It is set once and never changes.
var accelerated = vek.Info().Acceleration

// Dot returns the inner product of two vectors of the same length; for unit
// vectors this is their cosine. It panics if b is shorter than a, like an index
// out of range.
func Dot(a, b []float32) float32 {
	b = b[:len(a)]
	if accelerated && len(a) > 0 {
		return vek32.Dot(a, b)
	}
	return dot(a, b)
}

// dot adds in four lanes, because with one running sum each addition would wait
// for the previous one.
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

// Unit returns the vector scaled to length 1. Zeros stay zeros, and a vector
// with NaN or an infinity gives NaN. Squares are summed as float64, because the
// squares of large float32 values overflow float32.
func Unit[F float32 | float64](v []F) []float32 {
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
