package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"selfrag/internal/vec"
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
	zero := true
	for _, x := range v {
		if x := float64(x); math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, errors.New("it holds a number that is infinite or not a number: the embedder failed on this text")
		}
		zero = zero && x == 0
	}
	if zero {
		return nil, errors.New("it is all zeros: the embedder failed on this text")
	}
	return vec.Unit(v), nil
}

// appendEncoded appends a vector to b as little-endian float32.
func appendEncoded(b []byte, v []float32) []byte {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// appendDecoded appends the numbers in b to flat.
func appendDecoded(flat []float32, b []byte) []float32 {
	for ; len(b) >= 4; b = b[4:] {
		flat = append(flat, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return flat
}
