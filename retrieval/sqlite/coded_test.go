package sqlite

import (
	"math/rand/v2"
	"slices"
	"testing"

	"selfrag/internal/quant"
	"selfrag/internal/vec"
	"selfrag/retrieval"
)

// vectorKinds returns sources of vectors that are hard for codes, each in its
// way. Those of many embedders are all within a narrow cone, and differ by
// mixtures of topics. The best of random directions are hardly better than the
// others.
func vectorKinds(r *rand.Rand) map[string]func() []float32 {
	direction := func() []float32 {
		v := make([]float32, benchDimensions)
		for i := range v {
			v[i] = float32(r.NormFloat64())
		}
		return vec.Unit(v)
	}
	sum := func(weights []float32, vectors ...[]float32) []float32 {
		v := make([]float32, benchDimensions)
		for n, w := range weights {
			for i, x := range vectors[n] {
				v[i] += w * x
			}
		}
		return vec.Unit(v)
	}
	axis := direction()
	topics := make([][]float32, 200)
	for i := range topics {
		topics[i] = direction()
	}
	topic := func() []float32 { return topics[r.IntN(len(topics))] }
	return map[string]func() []float32{
		"clusters": func() []float32 { return sum([]float32{1, 1}, topic(), direction()) },
		"cone": func() []float32 {
			w := 0.2 + 0.3*r.Float32()
			return sum([]float32{1, w, 0.5 - w, 0.2}, axis, topic(), topic(), direction())
		},
		"random": direction,
	}
}

// Of the nearest passages, nearly all are among the candidates, in a whole
// collection and among few of its passages.
func TestCodesRecall(t *testing.T) {
	const passages, chunks, questions = 18_000, 3, 10
	for _, name := range []string{"clusters", "cone", "random"} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(6, 6))
			next := vectorKinds(r)[name]
			v := &vectors{rotation: quant.NewRotation(benchDimensions), removed: &removed{}}
			all := make([][]float32, passages)
			for c := range chunks {
				var ids []int64
				var flat []float32
				for i := c * passages / chunks; i < (c+1)*passages/chunks; i++ {
					all[i] = next()
					ids, flat = append(ids, int64(i)), append(flat, all[i]...)
				}
				k := newChunk(newPlaces(ids, 0), flat, v.rotation)
				k.id = int64(c)
				v.chunks = append(v.chunks, k)
			}
			some := &allowed{}
			for i := 0; i < passages; i += 1 + r.IntN(11) {
				some.ids = append(some.ids, int64(i))
			}
			for _, only := range []*allowed{nil, some} {
				for _, k := range []int{20, 100} {
					found := 0
					for range questions {
						found += codedRecall(t, v, all, next(), k, only)
					}
					recall := float64(found) / float64(questions*k)
					t.Logf("recall@%d %.4f, filtered: %t", k, recall, only != nil)
					if recall < 0.99 {
						t.Errorf("recall@%d is %.4f, filtered: %t", k, recall, only != nil)
					}
				}
			}
		})
	}
}

// codedRecall returns the number of the nearest k that are among the candidates.
func codedRecall(t *testing.T, v *vectors, all [][]float32, q []float32, k int, only *allowed) (found int) {
	t.Helper()
	candidates, err := v.candidates(t.Context(), q, k, only)
	if err != nil {
		t.Fatal(err)
	}
	if len(candidates) > fineCandidates(k) {
		t.Errorf("there are %d candidates for %d", len(candidates), k)
	}
	nearest := top{k: k}
	for i, x := range all {
		if only != nil {
			if _, ok := slices.BinarySearch(only.ids, int64(i)); !ok {
				continue
			}
		}
		nearest.offer(hit{int64(i), float64(vec.Dot(q, x))})
	}
	for _, h := range nearest.hits {
		if _, ok := slices.BinarySearch(candidates, h.id); ok {
			found++
		}
	}
	return found
}

// A search for as many as there are finds all.
func TestCodesOfFewPassages(t *testing.T) {
	c := newCollection(t, codedDimensions)
	c.db.runPassages = 10
	texts := []string{"same", "same", "same"}
	for i := range 30 {
		texts = append(texts, string(rune('가'+i)))
	}
	put(t, c, "a", texts...)
	if n := rowCounts(t, c)["codes"]; n != 1 {
		t.Fatalf("there are %d chunks", n)
	}
	for _, k := range []int{1, 3, len(texts), 1000} {
		found, err := c.Dense(t.Context(), retrieval.Request{Vector: vectorOf("same", codedDimensions), K: k})
		if err != nil || len(found) != min(k, len(texts)) || found[0].Text != "same" {
			t.Errorf("the best %d are %v, %v", k, idsOf(found), err)
		}
	}
}
