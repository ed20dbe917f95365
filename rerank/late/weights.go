package late

import (
	"math"
	"strings"

	"selfrag/retrieval"
)

// leastWeight keeps a token that every passage holds from having no weight or a
// negative one. Not measured.
const leastWeight = 0.05

// weights returns the weight of each token of a query: its rarity among the
// passages, as in BM25, times its rarity in text at large as the tokeniser
// knows it. The first factor finds the words that distinguish these passages;
// the second knows that "는" or "the" distinguishes none. The result is nil,
// which means equal weights, if the tokeniser knows no probabilities. Models
// trained for late interaction weight tokens themselves, and all-MiniLM-L6-v2
// ranks NovelEval's passages better with equal weights (nDCG@10 0.761) than
// with the first factor (0.710).
//
// Figures with multilingual-e5-small in float32, behind hybrid search and
// joined with it (rerank.WithPrior, 0.6), for the handbook in English, in
// Korean, autorag-ko (nDCG@10) and MuSiQue (recall@5). Equal weights: 0.845,
// 0.848, 0.935, 0.649. First factor only: 0.857, 0.864, 0.941, 0.675. Both:
// 0.857, 0.864, 0.943, 0.682.
func weights(query string, asked retrieval.Tokens, texts []string, passages []retrieval.Tokens) []float64 {
	if asked.Spans == nil || asked.Rarity == nil {
		return nil
	}
	holds := map[string]int{}
	for i, p := range passages {
		if p.Spans == nil && len(p.Vectors) > 0 {
			return nil // a passage without text has no tokens and counts as one that holds none
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

// written returns the text of a token in lower case.
func written(text string, span [2]int) string {
	return strings.ToLower(strings.TrimSpace(text[span[0]:span[1]]))
}
