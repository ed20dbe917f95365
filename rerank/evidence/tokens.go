package evidence

import (
	"context"
	"fmt"
	"math"
	"strings"

	"selfrag/internal/vec"
	"selfrag/retrieval"
)

// Model reads passages and questions token by token, and computes one vector
// for a text. All vectors have unit length. It must be safe for concurrent use.
// embed.ONNX is one. late.Kept around it saves a second pass over passages.
type Model interface {
	Tokens(ctx context.Context, text string) (retrieval.Tokens, error)
	QueryTokens(ctx context.Context, text string) (retrieval.Tokens, error)
	EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error)
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
}

// query holds the tokens of a question, to be compared with pieces.
type query struct {
	tokens retrieval.Tokens
	weight []float64 // one for each token; they add up to 1
}

// leastWeight keeps a token that every candidate holds from having no weight.
// Not measured.
const leastWeight = 0.05

// readQuery reads a question. Its tokens are weighted as in rerank/late: by
// their rarity among the candidates and in text at large.
func readQuery(ctx context.Context, m Model, in Input) (query, error) {
	tokens, err := m.QueryTokens(ctx, in.Question)
	if err != nil {
		return query{}, fmt.Errorf("read the tokens of the question: %w", err)
	}
	q := query{tokens: tokens, weight: make([]float64, len(tokens.Vectors))}
	n := len(in.Passages) + len(in.Rest)
	texts := make([]string, 0, n)
	for _, p := range append(append([]retrieval.Passage{}, in.Passages...), in.Rest...) {
		texts = append(texts, strings.ToLower(p.Searchable()))
	}
	sum := 0.0
	for i := range q.weight {
		w := 1.0
		if tokens.Spans != nil {
			s := tokens.Spans[i]
			written, holds := strings.ToLower(strings.TrimSpace(in.Question[s[0]:s[1]])), 0
			for _, t := range texts {
				if strings.Contains(t, written) {
					holds++
				}
			}
			w = max(leastWeight, math.Log((float64(n)+1)/(float64(holds)+0.5)))
		}
		if tokens.Rarity != nil {
			w *= tokens.Rarity[i]
		}
		q.weight[i] = w
		sum += w
	}
	for i := range q.weight {
		q.weight[i] /= sum
	}
	return q, nil
}

// grid holds the cosine of each token of a question with each token of a
// passage: [query][passage].
type grid [][]float32

func compare(query, passage retrieval.Tokens) (grid, error) {
	g := make(grid, len(query.Vectors))
	for i, a := range query.Vectors {
		g[i] = make([]float32, len(passage.Vectors))
		for j, b := range passage.Vectors {
			if len(a) != len(b) {
				return nil, fmt.Errorf("the model gave vectors of %d and of %d dimensions", len(a), len(b))
			}
			g[i][j] = vec.Dot(a, b)
		}
	}
	return g, nil
}

// maxSim returns the weighted mean, over the question's tokens, of the highest
// cosine with any of the given tokens of the passage. It is 0 if there are
// none.
func (g grid) maxSim(weight []float64, tokens []int) float64 {
	if len(tokens) == 0 {
		return 0
	}
	sum := 0.0
	for i, row := range g {
		best := float32(-1)
		for _, j := range tokens {
			best = max(best, row[j])
		}
		sum += weight[i] * float64(best)
	}
	return sum
}

// within returns the tokens that overlap a part of a text, given in bytes.
func within(t retrieval.Tokens, start, end int) []int {
	var out []int
	for i, s := range t.Spans {
		if s[0] < end && s[1] > start {
			out = append(out, i)
		}
	}
	return out
}
