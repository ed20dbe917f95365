package onnx

// tokens is one tokenised text; the slices that are set have the same length.
type tokens struct {
	ids, types []int64
	special    []bool
	spans      [][2]int // bytes of the text
	rarity     []float64
	masked     []bool // tokens that the others do not read; nil: none
}

// minTokens are one of a text and the two around it.
const minTokens = 3

// windows cuts the tokens into runs of at most size, which is minTokens at
// least, each with the special tokens of the whole around it.
func (t tokens) windows(size int) []tokens {
	if len(t.ids) <= size {
		return []tokens{t}
	}
	last := len(t.ids) - 1
	var out []tokens
	for at := 1; at < last; at += size - 2 {
		end := min(at+size-2, last)
		out = append(out, tokens{
			ids: around(t.ids, at, end), types: around(t.types, at, end),
			special: around(t.special, at, end), spans: around(t.spans, at, end), rarity: around(t.rarity, at, end),
		})
	}
	return out
}

// around is the part of a list with the list's ends around it; nil of none.
func around[T any](list []T, from, to int) []T {
	if list == nil {
		return nil
	}
	out := append([]T{list[0]}, list[from:to]...)
	return append(out, list[len(list)-1])
}
