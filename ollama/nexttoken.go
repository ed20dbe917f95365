package ollama

import (
	"context"
	"fmt"
	"math"

	"github.com/ollama/ollama/api"
	"github.com/tmc/langchaingo/llms"
)

// topTokens is the maximum number of likeliest tokens that the server reports.
const topTokens = 20

// NextToken generates one token and returns the probabilities of the 20
// likeliest next tokens. Each key of probs is the text of a token with its
// leading space. Each value is a probability in [0,1] among all tokens of the
// vocabulary, before temperature and penalties. The values add up to less than
// 1, because the other tokens have the rest. All tokens that are only a part of
// a character, as in some Korean syllables, share the key "\ufffd".
// promptTokens is the number of tokens in the whole prompt, including cached
// tokens. A caller can thus read a grade, such as Yes or No, in one forward
// pass of the model.
//
// If the last message has the role ai, the token is the one that follows its
// text. The caller can thus steer the token with a prefill such as "Answer:";
// see [Client.ContinuesPrefill]. NextToken turns reasoning off.
//
// Ollama reports no probabilities if the likeliest token ends the turn or is a
// part of a character. NextToken then makes a second request, which constrains
// the token that is sampled. The constraint does not change the reported
// probabilities, and the prompt is cached by then. probs is empty if the second
// request returns no probabilities either. Servers before version 0.12.11 never
// return any. The errors are those of [Client.GenerateContent].
func (c *Client) NextToken(ctx context.Context, messages []llms.MessageContent) (probs map[string]float64, promptTokens int, err error) {
	req, err := c.chatRequest(messages, llms.CallOptions{Model: c.cfg.Model, MaxTokens: 1})
	if err != nil {
		return nil, 0, fmt.Errorf("reading token probabilities from Ollama: %w", err)
	}
	req.Think = &api.ThinkValue{Value: false}
	req.Logprobs, req.TopLogprobs = true, topTokens
	for _, format := range formats() {
		req.Format = format
		answer, err := c.chat(ctx, req, func(api.Message) error { return nil })
		if err != nil {
			return nil, 0, fmt.Errorf("reading token probabilities of %s: %w", req.Model, err)
		}
		promptTokens = answer.PromptEvalCount
		if len(answer.Logprobs) > 0 && len(answer.Logprobs[0].TopLogprobs) > 0 {
			return toProbabilities(answer.Logprobs[0].TopLogprobs), promptTokens, nil
		}
	}
	return nil, promptTokens, nil
}

func toProbabilities(tokens []api.TokenLogprob) map[string]float64 {
	probs := make(map[string]float64, len(tokens))
	for _, t := range tokens {
		probs[t.Token] += math.Exp(t.Logprob)
	}
	return probs
}
