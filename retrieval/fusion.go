package retrieval

import (
	"cmp"
	"maps"
	"slices"
)

// Fuse merges a dense and a lexical ranking by a convex combination of their
// normalised scores: w*dense + (1-w)*lexical, w in [0,1]. Each side is scaled
// by its maximum and its theoretical minimum (-1 for a cosine, 0 for BM25), as
// in Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
// Retrieval" (arXiv 2210.11934): unlike reciprocal rank fusion it keeps how
// much better one passage is than the next. A passage that one side did not
// return counts there as that side's lowest returned score, not as zero:
// being 21st is not being unrelated. The result is best first; ties are
// broken by passage id, so that the order is stable.
func Fuse(dense, lexical []Passage, w float64) []Passage {
	merged := map[string]Passage{}
	for _, p := range dense {
		merged[p.ID] = p
	}
	for _, p := range lexical {
		if d, ok := merged[p.ID]; ok {
			p.Dense = d.Dense
		}
		merged[p.ID] = p
	}
	denseOf := normaliser(dense, -1)
	lexicalOf := normaliser(lexical, 0)
	out := slices.Collect(maps.Values(merged))
	for i := range out {
		out[i].Score = w*denseOf(out[i].Dense) + (1-w)*lexicalOf(out[i].Lexical)
	}
	SortByScore(out)
	return out
}

// normaliser maps scores of one ranking to [0,1]; nil, a passage that the
// ranking does not hold, maps as the lowest score in it.
func normaliser(ranking []Passage, floor float64) func(*float64) float64 {
	if len(ranking) == 0 {
		return func(*float64) float64 { return 0 }
	}
	top := ranking[0].Score
	last := ranking[len(ranking)-1].Score
	scale := func(s float64) float64 {
		if top <= floor {
			return 0
		}
		return (s - floor) / (top - floor)
	}
	return func(s *float64) float64 {
		if s == nil {
			return scale(last)
		}
		return scale(*s)
	}
}

// SortByScore orders passages best first, ties by id.
func SortByScore(passages []Passage) {
	slices.SortFunc(passages, func(a, b Passage) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	})
}
