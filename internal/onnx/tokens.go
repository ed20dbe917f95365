package onnx

// tokens is one tokenised text. All slices that are set have the same length.
type tokens struct {
	ids, types []int64
	special    []bool
	spans      [][2]int // in bytes of the text
	rarity     []float64
	masked     []bool // tokens that the others do not attend to; nil means none
}

// minTokens is one token of a text and the two around it.
const minTokens = 3

// windows cuts the tokens into runs of at most size tokens, each with the
// special tokens of the whole text around it. size is at least minTokens.
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

// around returns a part of a list between the list's first and last element, or
// nil for a nil list.
func around[T any](list []T, from, to int) []T {
	if list == nil {
		return nil
	}
	out := append([]T{list[0]}, list[from:to]...)
	return append(out, list[len(list)-1])
}
