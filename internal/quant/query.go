package quant

import "math"

// The bits of each dimension of a query. The signs of vectors are so rough that
// four bits of the query lose nothing beside them; eight are as good as a
// float32 beside the four bits of vectors.
const (
	coarseBits = 4
	fineBits   = 8
)

// Query is a vector that codes are compared with.
type Query struct{ coarse, fine rounded }

// rounded is a vector with a few bits per dimension.
type rounded struct {
	planes []uint64 // the bits of 64 dimensions, from the lowest on, then those of the next 64
	scale  float32
	most   int // the sum of the places of all bits, over the dimensions
}

// NewQuery rounds a rotated vector.
func NewQuery(v []float32) *Query { return &Query{round(v, coarseBits), round(v, fineBits)} }

func round(v []float32, precision int) rounded {
	var largest float64
	for _, x := range v {
		largest = max(largest, math.Abs(float64(x)))
	}
	n := 1 << precision
	width := 2 * largest / float64(n)
	r := rounded{make([]uint64, (len(v)+63)/64*precision), float32(width / 2), (n - 1) * len(v)}
	for i, x := range v {
		level := levelOf(float64(x), width, n)
		for bit := range precision {
			r.planes[i/64*precision+bit] |= uint64(level>>bit&1) << (i % 64) //nolint:gosec // a level is not negative
		}
	}
	return r
}
