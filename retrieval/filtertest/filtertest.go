// Package filtertest makes random filters and passages, for tests that compare
// a store, a parser or a writer of filters with Filter.Match.
package filtertest

import (
	"fmt"
	"math/rand/v2"

	"selfrag/retrieval"
)

// Fields and texts are few, so that filters match passages, and hostile:
// quotes, backslashes, NUL, the syntax of query languages, line separators,
// astral and combining characters.
var (
	fields = []string{"id", "document", "source", "title", "lang", "year", "in", "a b", `q"uote`, "`", "a.b", "$", "a'b\\", "키", "<&>", "\x00", "\u2028"}
	texts  = []string{"", "ko", "en", "KO", `"`, "'", `\`, "a\x00b", "a\x00", "a", "' OR 1=1 --", `") or true or ("`, "%", "漢字", "한글", "\u1112\u1161\u11ab", "😀", "<a&b>", "\u2028", "1", "true", "null"}
	// Numbers that a careless parser of decimals confuses.
	numbers = []float64{0, 1, -1, 2020, 2020.5, 0.1, 0.30000000000000004, 0.3, 1e21, 9007199254740993, 9007199254740992, -1e-7, 5e-324, 1.7976931348623157e308, 123456789012345680}
)

// Filter returns a valid filter with at most depth levels of nesting.
func Filter(r *rand.Rand, depth int) retrieval.Filter {
	n := 8
	if depth < 2 {
		n = 5
	}
	parts := func() []retrieval.Filter {
		out := make([]retrieval.Filter, r.IntN(4))
		for i := range out {
			out[i] = Filter(r, depth-1)
		}
		return out
	}
	switch r.IntN(n) {
	case 0, 1:
		op := []retrieval.Op{retrieval.Equal, retrieval.NotEqual}[r.IntN(2)]
		return retrieval.Comparison{Field: pick(r, fields), Op: op, Value: value(r)}
	case 2, 3:
		ops := []retrieval.Op{retrieval.Less, retrieval.LessOrEqual, retrieval.Greater, retrieval.GreaterOrEqual}
		c := retrieval.Comparison{Field: pick(r, fields), Op: pick(r, ops), Value: pick(r, numbers)}
		if r.IntN(2) == 0 {
			c.Value = pick(r, texts)
		}
		return c
	case 4:
		f := retrieval.In{Field: pick(r, fields), Values: []any{}}
		for range r.IntN(4) {
			f.Values = append(f.Values, value(r))
		}
		return f
	case 5:
		return retrieval.And(parts())
	case 6:
		return retrieval.Or(parts())
	}
	return retrieval.Not{Filter: Filter(r, depth-1)}
}

// Passage returns a passage with a new id, in a document with the given source,
// with a text and metadata of every kind. It does not set the offsets.
func Passage(r *rand.Rand, source string, n int) retrieval.Passage {
	p := retrieval.Passage{
		ID: fmt.Sprintf("%s-%d", source, n), Source: source, Title: pick(r, texts),
		Text: "text " + pick(r, texts), Metadata: map[string]any{},
	}
	for range r.IntN(6) {
		p.Metadata[pick(r, fields)] = value(r)
	}
	return p
}

// Source returns one of the texts that are not empty.
func Source(r *rand.Rand) string { return pick(r, texts[1:]) }

func value(r *rand.Rand) any {
	switch r.IntN(5) {
	case 0:
		return r.IntN(2) == 0
	case 1, 2:
		return pick(r, numbers)
	}
	return pick(r, texts)
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
