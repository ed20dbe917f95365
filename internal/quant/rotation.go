// Package quant keeps vectors in four bits a dimension and estimates inner
// products with them. Its parts follow RaBitQ (Gao and Long, "RaBitQ", arXiv
// 2405.12497, and Gao et al., arXiv 2409.09913): vectors are rotated at random,
// so that each dimension holds about the same, are rounded, and the estimate is
// corrected by a factor for each vector, so that rounding does not shorten it.
//
// The first bit of each dimension, its sign, is kept apart: the signs of all
// vectors are compared quickly, the other bits only of those that come near.
package quant

import (
	"math"
	"math/bits"
)

// rounds is the number of times that the signs are changed and the dimensions
// are mixed. Codes of other rotations cannot be compared, so it never changes.
const rounds = 3

// Rotation turns vectors of one dimension. It is the same in every program.
type Rotation struct {
	signs  [rounds][]float32 // 1 or -1
	window int               // the largest power of two that is not above the dimension
}

// NewRotation returns the rotation of vectors with the given dimension, which
// must be positive.
func NewRotation(dimensions int) *Rotation {
	r := &Rotation{window: 1 << (bits.Len(uint(dimensions)) - 1)} //nolint:gosec // it is positive
	state := uint64(dimensions)                                   //nolint:gosec // as above
	for i := range r.signs {
		r.signs[i] = make([]float32, dimensions)
		for j := range r.signs[i] {
			r.signs[i][j] = 1 - 2*float32(mixed(&state)>>63)
		}
	}
	return r
}

// mixed returns the next number of SplitMix64 (Steele et al., "Fast Splittable
// Pseudorandom Number Generators", 2014).
func mixed(state *uint64) uint64 {
	*state += 0x9e3779b97f4a7c15
	z := *state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Apply rotates v in place. Inner products between rotated vectors are those
// between the vectors.
func (r *Rotation) Apply(v []float32) {
	for _, signs := range r.signs {
		for i, s := range signs {
			v[i] *= s
		}
		hadamard(v[:r.window])
		if r.window < len(v) {
			hadamard(v[len(v)-r.window:])
		}
	}
}

// hadamard applies the Walsh-Hadamard transform, scaled to keep lengths. The
// length of v is a power of two.
func hadamard(v []float32) {
	for half := 1; half < len(v); half *= 2 {
		for i := 0; i < len(v); i += 2 * half {
			a, b := v[i:i+half], v[i+half:i+2*half]
			for j, x := range a {
				y := b[j]
				a[j], b[j] = x+y, x-y
			}
		}
	}
	scale := float32(1 / math.Sqrt(float64(len(v))))
	for i := range v {
		v[i] *= scale
	}
}
