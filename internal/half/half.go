// Package half converts numbers in half precision (IEEE 754 binary16), the
// format of many model weights.
package half

import "math"

// Float returns the number that the bits represent.
func Float(bits uint16) float64 {
	// Use the fields of binary64, in which every number of binary16 is normal.
	sign, exponent, fraction := uint64(bits>>15)<<63, uint64(bits>>10&0x1f), uint64(bits&0x3ff)
	switch exponent {
	case 0:
		return math.Float64frombits(sign | math.Float64bits(float64(fraction)*0x1p-24))
	case 0x1f:
		exponent = 0x7ff
	default:
		exponent += 1023 - 15
	}
	return math.Float64frombits(sign | exponent<<52 | fraction<<42)
}

// Bits rounds x to the nearest number, with ties to even. Numbers beyond the
// largest become infinite.
func Bits(x float64) uint16 {
	sign := uint16(0)
	if math.Signbit(x) {
		sign = 0x8000
	}
	size := math.Abs(x)
	switch {
	case math.IsNaN(x):
		return 0x7e00
	case size >= 65520: // rounds to more than the largest number, 65504
		return sign | 0x7c00
	case size < 1.0/(1<<14): // below the smallest normal number
		return sign | uint16(math.RoundToEven(size*(1<<24)))
	}
	fraction, exponent := math.Frexp(size)
	// A fraction that rounds up to 1 carries into the exponent, as it should.
	return sign | uint16(int(math.RoundToEven((2*fraction-1)*1024))+(exponent+14)<<10)
}
