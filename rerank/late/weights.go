package late

import (
	"math"
	"strings"

	"selfrag/retrieval"
)

// leastWeight keeps a token that each passage holds from counting for nothing
// or less. Not measured.
const leastWeight = 0.05

// weights says how much each token of a query counts: by how seldom it is among
// the passages, as BM25 weighs a word, times how seldom the tokeniser knows it
// to be in text at large. The first tells what parts these passages, the second
// that "는" or "the" part none. nil, which is alike, where the tokeniser knows no
// probabilities: models trained for late interaction weigh by themselves, and
// all-MiniLM-L6-v2 ranks NovelEval's passages better alike (nDCG@10 0.761) than by
// the first (0.710).
//
// With multilingual-e5-small in float32, behind hybrid search and joined with it
// (rerank.WithPrior, 0.6): the handbook in English, in Korean, autorag-ko
// (nDCG@10), MuSiQue (recall@5). Alike: 0.845, 0.848, 0.935, 0.649. By the first
// alone: 0.857, 0.864, 0.941, 0.675. By both: 0.857, 0.864, 0.943, 0.682.
func weights(query string, asked retrieval.Tokens, texts []string, passages []retrieval.Tokens) []float64 {
	if asked.Spans == nil || asked.Rarity == nil {
		return nil
	}
	holds := map[string]int{}
	for i, p := range passages {
		if p.Spans == nil && len(p.Vectors) > 0 {
			return nil // a passage without text has no tokens to place, and counts as one that holds none
		}
		seen := map[string]bool{}
		for _, s := range p.Spans {
			if w := written(texts[i], s); !seen[w] {
				seen[w] = true
				holds[w]++
			}
		}
	}
	out := make([]float64, len(asked.Spans))
	for i, s := range asked.Spans {
		out[i] = max(leastWeight, math.Log((float64(len(passages))+1)/(float64(holds[written(query, s)])+0.5)))
		out[i] *= asked.Rarity[i]
	}
	return out
}

// written is a token as it stands in the text, in small letters.
func written(text string, span [2]int) string {
	return strings.ToLower(strings.TrimSpace(text[span[0]:span[1]]))
}
