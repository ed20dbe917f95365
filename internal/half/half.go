// Package half converts numbers in half precision (IEEE 754 binary16), as
// models store them.
package half

import "math"

// Float returns the number that the bits stand for.
func Float(bits uint16) float64 {
	sign, exponent, fraction := 1.0, int(bits>>10&0x1f), float64(bits&0x3ff)
	if bits>>15 == 1 {
		sign = -1
	}
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 0x1f:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1+fraction/1024, exponent-15)
}

// Bits rounds x to the nearest number, to the even one of two that are as near.
// Numbers beyond the largest become infinite.
func Bits(x float64) uint16 {
	sign := uint16(0)
	if math.Signbit(x) {
		sign = 0x8000
	}
	size := math.Abs(x)
	switch {
	case math.IsNaN(x):
		return 0x7e00
	case size >= 65520: // rounds to more than the largest, 65504
		return sign | 0x7c00
	case size < 1.0/(1<<14): // below the least normal number
		return sign | uint16(math.RoundToEven(size*(1<<24)))
	}
	fraction, exponent := math.Frexp(size)
	// A fraction that rounds up to 1 carries into the exponent, as it should.
	return sign | uint16(int(math.RoundToEven((2*fraction-1)*1024))+(exponent+14)<<10)
}
