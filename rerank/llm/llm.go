// Package llm reranks by a language model's own judgement: the probability
// that it answers Yes when asked whether a passage answers the query, read
// from the model's token probabilities, as in Sachan et al.'s and
// FlagEmbedding's LLM rerankers and Nogueira et al. (arXiv 2003.06713).
//
// Shape: Reranker asks a TokenProber, declared here, once a passage. Query
// and instructions come first in the prompt, so that a server which caches
// prompt prefixes evaluates only the passages.
package llm

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"selfrag/retrieval"
)

// TokenProber tells the probabilities of the likeliest next tokens by their
// text. promptTokens is the prompt's length.
type TokenProber interface {
	NextToken(ctx context.Context, messages []llms.MessageContent) (probs map[string]float64, promptTokens int, err error)
}

// Prompt makes the chat that asks whether a passage answers a query. The
// model is to reply Yes or No.
type Prompt func(query string, p retrieval.Passage) ([]llms.MessageContent, error)

// Reranker orders passages by P(Yes).
type Reranker struct {
	model  TokenProber
	prompt Prompt
}

var _ retrieval.Reranker = (*Reranker)(nil)

// New returns a reranker that asks the model by the prompt.
func New(model TokenProber, prompt Prompt) (*Reranker, error) {
	if model == nil || prompt == nil {
		return nil, errors.New("an LLM reranker needs a model and a prompt")
	}
	return &Reranker{model, prompt}, nil
}

// Rerank sets Score and Rerank of each passage to P(Yes) in [0,1] and sorts
// best first.
func (r *Reranker) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	for i := range passages {
		messages, err := r.prompt(query, passages[i])
		if err != nil {
			return nil, fmt.Errorf("make the prompt for passage %s: %w", passages[i].ID, err)
		}
		probs, _, err := r.model.NextToken(ctx, messages)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("rerank: %w", ctx.Err())
		}
		if err != nil {
			return nil, fmt.Errorf("rerank passage %s: %w", passages[i].ID, err)
		}
		p, err := yes(probs)
		if err != nil {
			return nil, fmt.Errorf("rerank passage %s: %w", passages[i].ID, err)
		}
		passages[i].Score, passages[i].Rerank = p, &p
	}
	retrieval.SortByScore(passages)
	return passages, nil
}

// yes is P(Yes) over P(Yes) + P(No).
func yes(probs map[string]float64) (float64, error) {
	var y, n float64
	for token, p := range probs {
		switch strings.ToLower(strings.TrimSpace(token)) {
		case "yes":
			y += p
		case "no":
			n += p
		}
	}
	if y+n == 0 {
		return 0, errors.New("the model gave neither Yes nor No any probability")
	}
	return y / (y + n), nil
}
