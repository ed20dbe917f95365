package retrieval

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Fuse merges a dense and a lexical ranking by w*dense + (1-w)*lexical, with w
// in [0,1]. Each side's scores are standardised over the candidates, which are
// the passages of either ranking: the mean is subtracted and the rest is
// divided by the standard deviation. The result is best first. Its scores are
// standard deviations above the average candidate. Ties are broken by passage
// id, so that the order is stable.
//
// A convex combination keeps how much better one passage is than the next;
// reciprocal rank fusion discards that. Bruch, Gai and Ingber, "An Analysis of
// Fusion Functions for Hybrid Retrieval" (arXiv 2210.11934), show that it does
// better, and with only one parameter; they also compare ways to normalise.
// Standardising (CombSUM over z-scores: Fox and Shaw, "Combination of Multiple
// Searches", TREC-2; Renda and Straccia, "Web Metasearch: Rank vs. Score Based
// Rank Aggregation Methods", SAC 2003) weighs the sides by query, without
// labels. If one side separates a few passages from all others, these are many
// deviations above the mean and decide. If its scores are flat, it has little
// influence. In query performance prediction, too, the standard deviation of
// the scores is a measure of a ranking (Shtok et al., "Predicting Query
// Performance by Query-Drift Estimation", TOIS 2012). Its use as weights of a
// fusion is studied by Santra, Basuchowdhuri and Ganguly (arXiv 2601.17339). It
// needs long rankings: the best 20 of each side contain no crowd to stand out
// from; 100 are enough. The weight w accounts for what a language or an
// embedder means for the sides in general.
//
// A passage that one side did not return gets that side's lowest returned
// score: being 101st does not mean being unrelated. A lexical ranking that is
// shorter than the dense one is complete: a passage that it lacks shares no
// term with the query and gets the score 0.
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
	// In the order of their ids, since a sum of floats depends on the order.
	out := make([]Passage, 0, len(merged))
	for _, id := range slices.Sorted(maps.Keys(merged)) {
		out = append(out, merged[id])
	}
	lowest := 0.0
	if len(lexical) >= len(dense) {
		lowest = lowestOf(lexical)
	}
	denseZ := standardise(out, func(p Passage) *float64 { return p.Dense }, lowestOf(dense))
	lexicalZ := standardise(out, func(p Passage) *float64 { return p.Lexical }, lowest)
	for i := range out {
		out[i].Score = w*denseZ[i] + (1-w)*lexicalZ[i]
	}
	SortByScore(out)
	return out
}

func lowestOf(ranking []Passage) float64 {
	if len(ranking) == 0 {
		return 0
	}
	return ranking[len(ranking)-1].Score
}

// standardise returns the z-scores of one side over the candidates. A candidate
// that the side lacks has the score missing.
func standardise(candidates []Passage, score func(Passage) *float64, missing float64) []float64 {
	scores := make([]float64, len(candidates))
	for i, p := range candidates {
		if scores[i] = missing; score(p) != nil {
			scores[i] = *score(p)
		}
	}
	return Standardise(scores)
}

// Standardise returns how many standard deviations each score is above the mean
// of all. If the scores are equal, all results are 0.
func Standardise(scores []float64) []float64 {
	z := make([]float64, len(scores))
	n := float64(len(scores))
	mean := 0.0
	for _, s := range scores {
		mean += s / n
	}
	variance, size := 0.0, 0.0
	for _, s := range scores {
		variance += (s - mean) * (s - mean) / n
		size = max(size, math.Abs(s))
	}
	deviation := math.Sqrt(variance)
	// Rounding may leave a small deviation between equal scores.
	if deviation <= 1e-9*size {
		return z
	}
	for i, s := range scores {
		z[i] = (s - mean) / deviation
	}
	return z
}

// SortByScore orders passages best first, ties by id.
func SortByScore(passages []Passage) {
	slices.SortFunc(passages, func(a, b Passage) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	})
}
