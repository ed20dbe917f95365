package half

import (
	"math"
	"testing"
)

func TestFloat(t *testing.T) {
	for bits, want := range map[uint16]float64{
		0x0000: 0, 0x3c00: 1, 0xbc00: -1, 0x3555: 0.333251953125, 0x7bff: 65504, 0x0001: math.Ldexp(1, -24),
		0x0400: math.Ldexp(1, -14), 0x7c00: math.Inf(1), 0xfc00: math.Inf(-1),
	} {
		if got := Float(bits); got != want {
			t.Errorf("%#04x: got %v, want %v", bits, got, want)
		}
	}
	if !math.IsNaN(Float(0x7e00)) {
		t.Error("0x7e00 is a number")
	}
}

// Each number that half precision has is its own rounding.
func TestBits(t *testing.T) {
	for bits := range 1 << 16 {
		x := Float(uint16(bits))
		if got := Bits(x); got != uint16(bits) && !math.IsNaN(x) {
			t.Errorf("%v: got %#04x, want %#04x", x, got, bits)
		}
	}
	for x, want := range map[float64]uint16{
		1.0 / 3: 0x3555, 65519: 0x7bff, 65520: 0x7c00, 1 + 1.0/2048: 0x3c00, 1 + 3.0/2048: 0x3c02, math.Ldexp(1, -30): 0,
	} {
		if got := Bits(x); got != want {
			t.Errorf("%v: got %#04x, want %#04x", x, got, want)
		}
	}
	if !math.IsNaN(Float(Bits(math.NaN()))) {
		t.Error("NaN becomes a number")
	}
}
