package retrieval_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"selfrag/retrieval"
)

func TestFuse(t *testing.T) {
	dense := ranked("dense", "a", 0.8, "b", 0.5, "c", 0.1)
	lexical := ranked("lexical", "c", 10.0, "b", 9.0, "d", 2.0)
	for _, tc := range []struct {
		name           string
		dense, lexical []retrieval.Passage
		w              float64
		want           string
	}{
		{"dense alone", dense, nil, 0.5, "a b c"},
		{"lexical alone", nil, lexical, 0.5, "c b d"},
		{"all weight on dense", dense, lexical, 1, "a b c d"},
		{"all weight on lexical", dense, lexical, 0, "c b a d"},
		{"both", dense, lexical, 0.5, "b a c d"},
		{"nothing", nil, nil, 0.5, ""},
		// Only one passage shares a term with the query.
		{"the only lexical one", dense, ranked("lexical", "c", 1.0), 0.3, "c a b"},
		{"one of each", ranked("dense", "a", 0.8), ranked("lexical", "b", 2.0), 0.5, "a b"},
		// The lexical scores are flat, so they cannot move c up.
		{"a flat side", dense, ranked("lexical", "c", 7.0, "b", 7.0, "a", 7.0), 0.1, "a b c"},
	} {
		if got := idsOf(retrieval.Fuse(tc.dense, tc.lexical, tc.w)); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

// The side that separates one passage from all others decides, whichever side
// it is.
func TestFusePeakedSideDecides(t *testing.T) {
	var flat, peaked []any
	for i := range 100 {
		flat = append(flat, fmt.Sprintf("p%02d", i), 0.9-0.001*float64(i))
		score := 1.0
		if i == 60 {
			score = 2.0
		}
		peaked = append(peaked, fmt.Sprintf("p%02d", i), score)
	}
	if got := retrieval.Fuse(sorted(ranked("dense", flat...)), sorted(ranked("lexical", peaked...)), 0.6); got[0].ID != "p60" {
		t.Errorf("lexical stands out: %s is first", got[0].ID)
	}
	if got := retrieval.Fuse(sorted(ranked("dense", peaked...)), sorted(ranked("lexical", flat...)), 0.4); got[0].ID != "p60" {
		t.Errorf("dense stands out: %s is first", got[0].ID)
	}
}

func sorted(passages []retrieval.Passage) []retrieval.Passage {
	retrieval.SortByScore(passages)
	return passages
}

// randomSide returns a random ranking of some of 60 passages.
func randomSide(r *rand.Rand, side string, n int) []retrieval.Passage {
	var list []any
	for _, i := range r.Perm(60)[:n] {
		list = append(list, fmt.Sprintf("p%02d", i), math.Exp(r.NormFloat64()))
	}
	return sorted(ranked(side, list...))
}

// rescaled replaces each score x by a*x+b.
func rescaled(side string, passages []retrieval.Passage, a, b float64) []retrieval.Passage {
	var list []any
	for _, p := range passages {
		list = append(list, p.ID, a*p.Score+b)
	}
	return ranked(side, list...)
}

func TestFuseProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n := 1 + r.IntN(40)
		dense, lexical := randomSide(r, "dense", n), randomSide(r, "lexical", r.IntN(n+1))
		w := r.Float64()
		fused := retrieval.Fuse(dense, lexical, w)

		score := map[string][2]float64{}
		lowest := 0.0
		if len(lexical) == n {
			lowest = lexical[n-1].Score
		}
		for _, p := range fused {
			s := [2]float64{dense[n-1].Score, lowest}
			if p.Dense != nil {
				s[0] = *p.Dense
			}
			if p.Lexical != nil {
				s[1] = *p.Lexical
			}
			score[p.ID] = s
			if math.IsNaN(p.Score) || math.IsInf(p.Score, 0) {
				t.Fatalf("%s has score %v", p.ID, p.Score)
			}
		}
		for _, p := range slices.Concat(dense, lexical) {
			if _, ok := score[p.ID]; !ok {
				t.Fatalf("%s is lost", p.ID)
			}
		}
		// Monotonicity: a passage that is better on both sides does not come
		// later.
		for i, p := range fused {
			for _, q := range fused[i+1:] {
				if score[q.ID][0] > score[p.ID][0] && score[q.ID][1] > score[p.ID][1] && w > 0.01 {
					t.Fatalf("%s %v is behind %s %v", q.ID, score[q.ID], p.ID, score[p.ID])
				}
			}
		}
		// The result does not depend on the scale of either side, nor on the
		// zero point of the dense one.
		scaled := retrieval.Fuse(rescaled("dense", dense, 8, -3), rescaled("lexical", lexical, 0.25, 0), w)
		if !sameScores(fused, scaled) {
			t.Fatalf("scaled: got %s, want %s", idsOf(scaled), idsOf(fused))
		}
		// Swapping the sides and using 1-w gives the same result, if both
		// rankings have the same length.
		if len(lexical) == n {
			swapped := retrieval.Fuse(rescaled("dense", lexical, 1, 0), rescaled("lexical", dense, 1, 0), 1-w)
			if !sameScores(fused, swapped) {
				t.Fatalf("swapped: got %s, want %s", idsOf(swapped), idsOf(fused))
			}
		}
	}
}

func sameScores(a, b []retrieval.Passage) bool {
	scores := map[string]float64{}
	for _, p := range a {
		scores[p.ID] = p.Score
	}
	for _, p := range b {
		if s, ok := scores[p.ID]; !ok || math.Abs(s-p.Score) > 1e-9 {
			return false
		}
	}
	return len(a) == len(b)
}

// The result does not depend on the order in which passages with equal scores
// are returned.
func TestFuseIgnoresOrderOfTies(t *testing.T) {
	dense := ranked("dense", "a", 0.5, "b", 0.5, "c", 0.5, "d", 0.2)
	lexical := ranked("lexical", "d", 3.0, "c", 1.0, "b", 1.0)
	want := idsOf(retrieval.Fuse(dense, lexical, 0.6))
	for range 10 {
		rand.Shuffle(3, func(i, j int) { dense[i], dense[j] = dense[j], dense[i] })
		rand.Shuffle(2, func(i, j int) { lexical[1+i], lexical[1+j] = lexical[1+j], lexical[1+i] })
		if got := idsOf(retrieval.Fuse(dense, lexical, 0.6)); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}
