package embed

import (
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
