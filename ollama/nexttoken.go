package ollama

import (
	"context"
	"fmt"
	"math"

	"github.com/ollama/ollama/api"
	"github.com/tmc/langchaingo/llms"
)

// topTokens is the most that the server reports.
const topTokens = 20

// NextToken asks for one token and returns how likely each of the 20 likeliest is to be the next: probabilities in [0,1] of the
// whole vocabulary, before temperature and penalties, by the text of the token with its leading space. They add up to less than
// 1 by what the rest would get. Tokens that are only a part of a character (some Korean syllables are split so) share one entry,
// "\ufffd". promptTokens counts the whole prompt, cached or not. This is how a grade is read in one forward pass.
//
// When the last message is the model's own (ai), the token is the one that follows its text, so a prefill such as "Answer:"
// steers what is asked; see [Client.ContinuesPrefill]. Models that reason do not do so here.
//
// Ollama reports nothing when the likeliest token ends the turn or is part of a character. NextToken then asks a second time
// with a constraint on what is sampled, which leaves the reported probabilities alone; the prompt is cached by then. If that
// gives none either, as with servers before version 0.12.11, probs is empty. Errors are those of [Client.GenerateContent].
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
