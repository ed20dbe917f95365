package embed

import (
	"math"
	"slices"
	"testing"
)

func TestPool(t *testing.T) {
	tokens := [][]float32{{3, 0, 0}, {0, 4, 0}}
	if got := pool(tokens, ""); !slices.Equal(got, []float32{0.6, 0.8, 0}) {
		t.Errorf("mean: got %v", got)
	}
	if got := pool(tokens, CLS); !slices.Equal(got, []float32{1, 0, 0}) {
		t.Errorf("cls: got %v", got)
	}
	if got := pool(tokens, Last); !slices.Equal(got, []float32{0, 1, 0}) {
		t.Errorf("last: got %v", got)
	}
}

func TestUnit(t *testing.T) {
	if got := unit([]float32{0, 0}); !slices.Equal(got, []float32{0, 0}) {
		t.Errorf("zero: got %v", got)
	}
	// The square of each overflows or vanishes in float32.
	for _, x := range []float32{1e30, 1e-30, -2} {
		v := unit([]float32{x, x, x, x})
		if math.Abs(math.Abs(float64(v[0]))-0.5) > 1e-6 {
			t.Errorf("%g: got %v", x, v)
		}
	}
	if v := []float32{3, 4}; unit(v)[0] == v[0] {
		t.Error("unit changed its argument or did nothing")
	}
}
