package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"selfrag/retrieval"
)

// TextProber tells the probabilities of the likeliest tokens to follow a bare
// text, without a chat template around it, by their text. promptTokens is the
// text's length.
type TextProber interface {
	NextTokenAfter(ctx context.Context, text string) (probs map[string]float64, promptTokens int, err error)
}

// flagQuestion is a constant of the protocol: the models were trained on these
// words, and on no others (FlagEmbedding, README of the rerankers, "For
// LLM-based reranker", and inference/reranker/decoder_only/base.py).
const flagQuestion = "Given a query A and a passage B, determine whether the passage contains an answer to the query by providing a prediction of either 'Yes' or 'No'."

// FlagConfig shapes what a Flag reranker reads. Its zero value works.
type FlagConfig struct {
	// PassageTokens is where a passage is cut, in tokens by an estimate on the
	// safe side; 1024, as in FlagEmbedding's README. A query is cut to three
	// quarters of it.
	PassageTokens int
	// Data makes text of others safe to stand in a bare prompt, such as by
	// breaking up control marks; nil leaves it as it is. It must leave common
	// text alone: the scores depend on every token.
	Data func(text string) string
}

// Flag reranks as FlagEmbedding's FlagLLMReranker does, with
// bge-reranker-v2-gemma and what else is trained on its prompt: the bare text
// "A: query", "B: passage" and a question, one a line, after which the model
// says Yes or not. It is safe for concurrent use when its model is.
type Flag struct {
	model TextProber
	cfg   FlagConfig
}

var _ retrieval.Reranker = (*Flag)(nil)

// NewFlag returns a reranker over a model that serves bare text.
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

// Rerank sets Score and Rerank of each passage to ln P(Yes), which is 0 or
// less, and sorts best first, passages of the same score in the order in which
// they came.
//
// FlagLLMReranker scores by the logit of Yes. A server that tells probabilities
// has taken it through the softmax, so what can be had is that logit less the
// logarithm of the sum over the whole vocabulary: ln P(Yes). The log-odds of
// Yes against No would need nothing of that sum, but the models are trained by
// contrasting the Yes of several passages, and their No means nothing. So
// scores differ from published ones by an offset that varies from pair to pair,
// and the order may differ a little.
//
// Only the likeliest tokens are reported (20 by Ollama). Where Yes is not among
// them, the score is the most that it can be: the least of those reported, or
// what they leave of 1 if that is less.
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

// lnYes is ln P(Yes). Tokenisers write the token with a space or without.
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
	// The sum of rounded probabilities may pass 1; a score is finite.
	const tiny = 1e-12
	return math.Log(max(min(least, rest), tiny)), nil
}
