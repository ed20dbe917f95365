// Package llm reranks by the judgement of a language model.
//
// Shape: three rerankers. Each asks a model through an interface of one method,
// declared here.
//
//   - Reranker asks for each passage whether it answers the query. The score is
//     P(Yes), read from the model's token probabilities (Nogueira et al., arXiv
//     2003.06713).
//   - Flag does the same with the prompt on which FlagEmbedding's LLM
//     rerankers, such as bge-reranker-v2-gemma, are trained.
//   - Listwise shows the model many passages at once and asks it to order them
//     (Sun et al., RankGPT, arXiv 2304.09542).
//
// In every prompt the instructions and the query come first, so that a server
// with a prefix cache evaluates only the passages. Calls are made one after
// another, because the cache of one server holds one prefix. When the context
// is cancelled, a reranker stops within the current call.
package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"selfrag/retrieval"
)

// TokenProber returns the probabilities of the likeliest next tokens, by their
// text. promptTokens is the length of the prompt.
type TokenProber interface {
	NextToken(ctx context.Context, messages []llms.MessageContent) (probs map[string]float64, promptTokens int, err error)
}

// Prompt returns the chat that asks whether a passage answers a query. The
// model is to reply Yes or No.
type Prompt func(query string, p retrieval.Passage) ([]llms.MessageContent, error)

// Reranker orders passages by P(Yes).
type Reranker struct {
	model  TokenProber
	prompt Prompt
}

var _ retrieval.Reranker = (*Reranker)(nil)

// New returns a reranker that asks the model with the prompt.
func New(model TokenProber, prompt Prompt) (*Reranker, error) {
	if model == nil || prompt == nil {
		return nil, errors.New("an LLM reranker needs a model and a prompt")
	}
	return &Reranker{model, prompt}, nil
}

// Rerank sets Score and Rerank of each passage to P(Yes), in [0,1], and sorts
// the passages, best first. Passages of equal score keep their order. Only the
// beginning of a passage is read, up to about 2,000 tokens.
func (r *Reranker) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	return pointwise(ctx, passages, func(p retrieval.Passage) (float64, error) {
		const readable = 2000 // leaves half of a context of 4096 tokens
		p.Text = beginning(p.Text, readable)
		messages, err := r.prompt(query, p)
		if err != nil {
			return 0, fmt.Errorf("make the prompt: %w", err)
		}
		probs, _, err := r.model.NextToken(ctx, messages)
		if err != nil {
			return 0, err
		}
		return yes(probs)
	})
}

// pointwise scores one passage after another and sorts them.
func pointwise(ctx context.Context, passages []retrieval.Passage, score func(retrieval.Passage) (float64, error)) ([]retrieval.Passage, error) {
	scores := make([]float64, len(passages))
	for i, p := range passages {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("rerank: stopped after %d of %d passages: %w", i, len(passages), err)
		}
		s, err := score(p)
		if ended := ctx.Err(); ended != nil {
			return nil, fmt.Errorf("rerank: stopped at passage %d of %d: %w", i+1, len(passages), ended)
		}
		if err != nil {
			return nil, fmt.Errorf("rerank passage %s: %w", p.ID, err)
		}
		scores[i] = s
	}
	for i := range passages {
		passages[i].Score, passages[i].Rerank = scores[i], &scores[i]
	}
	slices.SortStableFunc(passages, func(a, b retrieval.Passage) int { return cmp.Compare(b.Score, a.Score) })
	return passages, nil
}

// yes returns P(Yes) / (P(Yes) + P(No)).
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
