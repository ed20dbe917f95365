package vec

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Both ways to sum agree with one in float64, whatever the length.
func TestDot(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		a, b := make([]float32, n), make([]float32, n+3)
		var want, size float64
		for i := range b {
			b[i] = r.Float32() - 0.5
		}
		for i := range a {
			a[i] = r.Float32() - 0.5
			p := float64(a[i]) * float64(b[i])
			want, size = want+p, size+math.Abs(p)
		}
		for name, f := range map[string]func(a, b []float32) float32{"Dot": Dot, "dot": dot} {
			if got := float64(f(a, b)); math.Abs(got-want) > 1e-6*size {
				t.Errorf("%s of %d numbers is %v, want %v", name, n, got, want)
			}
		}
	}
}

func TestUnit(t *testing.T) {
	if got := Unit([]float32{0, 0}); !slices.Equal(got, []float32{0, 0}) {
		t.Errorf("zero: got %v", got)
	}
	// The square of each overflows or vanishes in float32.
	for _, x := range []float32{1e30, 1e-30, -2} {
		v := Unit([]float32{x, x, x, x})
		if math.Abs(math.Abs(float64(v[0]))-0.5) > 1e-6 {
			t.Errorf("%g: got %v", x, v)
		}
	}
	if got := Unit([]float64{3, 4}); !slices.Equal(got, []float32{0.6, 0.8}) {
		t.Errorf("got %v", got)
	}
	if v := []float32{3, 4}; Unit(v)[0] == v[0] {
		t.Error("Unit changed its argument or did nothing")
	}
}

func BenchmarkDot(b *testing.B) {
	x, y := make([]float32, 384), make([]float32, 384)
	for name, f := range map[string]func(a, b []float32) float32{"accelerated": Dot, "plain": dot} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f(x, y)
			}
		})
	}
}
