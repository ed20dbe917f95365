package onnx

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
)

// textOf is a text of n tokens, the first and the last special.
func textOf(n int) tokens {
	t := tokens{special: make([]bool, n), types: make([]int64, n)}
	for i := range n {
		t.ids = append(t.ids, int64(100+i))
		t.spans = append(t.spans, [2]int{i - 1, i})
	}
	t.spans[0], t.spans[n-1] = [2]int{}, [2]int{}
	t.special[0], t.special[n-1] = true, true
	return t
}

func TestWindows(t *testing.T) {
	for _, c := range []struct {
		tokens, size int
		want         string // ids of each window
	}{
		{2, 5, "[[100 101]]"},
		{3, 3, "[[100 101 102]]"},
		{4, 5, "[[100 101 102 103]]"},
		{5, 5, "[[100 101 102 103 104]]"},
		{6, 5, "[[100 101 102 103 105] [100 104 105]]"},
		{8, 5, "[[100 101 102 103 107] [100 104 105 106 107]]"},
		{9, 5, "[[100 101 102 103 108] [100 104 105 106 108] [100 107 108]]"},
		{5, 3, "[[100 101 104] [100 102 104] [100 103 104]]"},
	} {
		var ids [][]int64
		whole := textOf(c.tokens)
		for _, w := range whole.windows(c.size) {
			ids = append(ids, w.ids)
			n := len(w.ids)
			if len(w.types) != n || len(w.special) != n || len(w.spans) != n {
				t.Errorf("%d tokens by %d: lists of %d, %d, %d and %d", c.tokens, c.size, n, len(w.types), len(w.special), len(w.spans))
			}
			for i, id := range w.ids {
				if at := id - 100; w.special[i] != whole.special[at] || w.spans[i] != whole.spans[at] {
					t.Errorf("%d tokens by %d: token %d lost what belongs to it", c.tokens, c.size, id)
				}
			}
		}
		if got := fmt.Sprint(ids); got != c.want {
			t.Errorf("%d tokens by %d: got %s, want %s", c.tokens, c.size, got, c.want)
		}
	}
}

// Windows leave nothing out, read nothing twice, and change nothing.
func TestWindowsHoldTheText(t *testing.T) {
	for n := 2; n < 40; n++ {
		for size := 3; size < 12; size++ {
			whole := textOf(n)
			var inner []int64
			for _, w := range whole.windows(size) {
				if len(w.ids) > size {
					t.Fatalf("%d tokens by %d: a window of %d", n, size, len(w.ids))
				}
				inner = append(inner, w.ids[1:len(w.ids)-1]...)
			}
			if !slices.Equal(inner, whole.ids[1:n-1]) || !reflect.DeepEqual(whole, textOf(n)) {
				t.Fatalf("%d tokens by %d: got %v", n, size, inner)
			}
		}
	}
}
