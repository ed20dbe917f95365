package sqlite

import (
	"encoding/binary"
	"math"
)

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
