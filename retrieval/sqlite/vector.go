package sqlite

import (
	"encoding/binary"
	"fmt"
	"math"
)

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
