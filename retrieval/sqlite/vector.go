package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// normalise returns v scaled to unit length. Without dimensions, in a
// collection that has no vectors, it is empty.
func normalise(v []float32, dimensions int) ([]float32, error) {
	if len(v) != dimensions {
		return nil, fmt.Errorf("it has %d dimensions, the collection's embedder %d", len(v), dimensions)
	}
	if dimensions == 0 {
		return nil, nil
	}
	var sum float64 // float64: the square of a large float32 overflows it
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	switch {
	case math.IsNaN(sum) || math.IsInf(sum, 0):
		return nil, errors.New("it holds a number that is infinite or not a number: the embedder failed on this text")
	case sum == 0:
		return nil, errors.New("it is all zeros: the embedder failed on this text")
	}
	scale := 1 / math.Sqrt(sum)
	unit := make([]float32, len(v))
	for i, x := range v {
		unit[i] = float32(float64(x) * scale)
	}
	return unit, nil
}

// encode writes a vector as little-endian float32.
func encode(v []float32) []byte {
	b := make([]byte, 0, 4*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// appendDecoded appends the vector in b, of the given dimensions, to flat.
func appendDecoded(flat []float32, b []byte, dimensions int) ([]float32, error) {
	if len(b) != 4*dimensions {
		return flat, fmt.Errorf("a stored vector has %d bytes instead of %d", len(b), 4*dimensions)
	}
	for ; len(b) > 0; b = b[4:] {
		flat = append(flat, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return flat, nil
}

// dot is the inner product of two vectors of the same length; of unit vectors,
// their cosine. Four sums run side by side because each addition would
// otherwise wait for the one before.
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
