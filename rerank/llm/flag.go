package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"selfrag/retrieval"
)

// TextProber returns the probabilities of the likeliest next tokens, by their
// text, after a bare text without a chat template. promptTokens is the length
// of the text.
type TextProber interface {
	NextTokenAfter(ctx context.Context, text string) (probs map[string]float64, promptTokens int, err error)
}

// flagQuestion is part of the protocol: the models were trained on these words
// only (FlagEmbedding, README of the rerankers, "For LLM-based reranker", and
// inference/reranker/decoder_only/base.py).
const flagQuestion = "Given a query A and a passage B, determine whether the passage contains an answer to the query by providing a prediction of either 'Yes' or 'No'."

// FlagConfig configures what a Flag reranker reads. Its zero value works.
type FlagConfig struct {
	// PassageTokens is the number of tokens after which a passage is cut, by a
	// conservative estimate; 1024, as in FlagEmbedding's README. A query is cut
	// to three quarters of it.
	PassageTokens int
	// Data makes foreign text safe in a bare prompt, for example by breaking up
	// control marks. If it is nil, text is left as it is. It must not change
	// ordinary text, because the scores depend on every token.
	Data func(text string) string
}

// Flag reranks as FlagEmbedding's FlagLLMReranker does, with
// bge-reranker-v2-gemma and other models trained on its prompt: the bare text
// "A: query", "B: passage" and a question, each on its own line, after which
// the model says Yes or not. It is safe for concurrent use if its model is.
type Flag struct {
	model TextProber
	cfg   FlagConfig
}

var _ retrieval.Reranker = (*Flag)(nil)

// NewFlag returns a reranker over a model that completes bare text.
func NewFlag(model TextProber, cfg FlagConfig) (*Flag, error) {
	switch {
	case model == nil:
		return nil, errors.New("a Flag reranker needs a model")
	case cfg.PassageTokens < 0:
		return nil, fmt.Errorf("a Flag reranker cannot read %d tokens of a passage", cfg.PassageTokens)
	}
	cfg.PassageTokens = cmp.Or(cfg.PassageTokens, 1024)
	if cfg.Data == nil {
		cfg.Data = func(text string) string { return text }
	}
	return &Flag{model, cfg}, nil
}

// Rerank sets Score and Rerank of each passage to ln P(Yes), which is at most
// 0, and sorts the passages, best first. Passages of equal score keep their
// order.
//
// FlagLLMReranker scores by the logit of Yes. A server that reports
// probabilities has applied the softmax, so only the logit minus the log of the
// sum over the whole vocabulary is available: ln P(Yes). The log odds of Yes
// against No would not depend on that sum. But the models are trained by
// contrasting the Yes of several passages, and their No means nothing. So
// scores differ from published ones by an offset that varies from pair to pair,
// and the order may differ a little.
//
// Servers report only the likeliest tokens (20 for Ollama). If Yes is not among
// them, the score is its upper bound: the least reported probability, or what
// the reported ones leave of 1 if that is less.
func (f *Flag) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	query = "A: " + f.cfg.Data(beginning(query, f.cfg.PassageTokens*3/4)) + "\nB: "
	return pointwise(ctx, passages, func(p retrieval.Passage) (float64, error) {
		text := query + f.cfg.Data(beginning(p.Searchable(), f.cfg.PassageTokens)) + "\n" + flagQuestion
		probs, _, err := f.model.NextTokenAfter(ctx, text)
		if err != nil {
			return 0, err
		}
		return lnYes(probs)
	})
}

// lnYes returns ln P(Yes). Tokenisers write the token with or without a space.
func lnYes(probs map[string]float64) (float64, error) {
	if p := probs["Yes"] + probs[" Yes"]; p > 0 {
		return math.Log(min(p, 1)), nil
	}
	least, rest := 1.0, 1.0
	for _, p := range probs {
		rest -= p
		if p > 0 {
			least = min(least, p)
		}
	}
	if len(probs) == 0 {
		return 0, errors.New("the model returns no token probabilities")
	}
	// The sum of rounded probabilities may exceed 1, but a score must be
	// finite.
	const tiny = 1e-12
	return math.Log(max(min(least, rest), tiny)), nil
}
