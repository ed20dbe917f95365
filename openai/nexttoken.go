package openai

import (
	"context"
	"fmt"
	"math"

	"github.com/tmc/langchaingo/llms"
)

// topTokens is the most that OpenAI reports, and that vLLM does unless it is told otherwise.
const topTokens = 20

// patience is how many answers without probabilities show that a server gives none. One does not: where the likeliest token ends the
// turn, Ollama tells nothing.
const patience = 3

type logprobs struct {
	Content []tokenLogprobs `json:"content"`
}

type tokenLogprobs struct {
	TopLogprobs []struct {
		Token   string  `json:"token"`
		Logprob float64 `json:"logprob"`
	} `json:"top_logprobs"`
}

// NextToken asks for one token and returns how likely each of the 20 likeliest is to be the next: probabilities in [0,1] by the
// text of the token. They add up to less than 1 by what the rest would get. promptTokens counts the whole prompt. This is how a
// grade is read in one forward pass.
//
// probs is empty when the server gives no probabilities. One that refuses them is not asked again, nor is one that left them out of
// its first three answers. Errors are those of [Client.GenerateContent].
func (c *Client) NextToken(ctx context.Context, messages []llms.MessageContent) (probs map[string]float64, promptTokens int, err error) {
	opts := c.callOptions([]llms.CallOption{llms.WithMaxTokens(1), llms.WithTemperature(0)})
	if c.refused.has("logprobs") || c.without.Load() >= patience {
		return nil, 0, nil
	}
	fields, err := c.body(messages, opts)
	if err != nil {
		return nil, 0, fmt.Errorf("reading token probabilities from %s: %w", c.address, err)
	}
	fields["logprobs"], fields["top_logprobs"] = true, topTokens
	answer, err := c.chat(ctx, opts, fields)
	if err != nil {
		return nil, 0, fmt.Errorf("reading token probabilities of %s: %w", opts.Model, err)
	}
	if len(answer.logprobs) == 0 || len(answer.logprobs[0].TopLogprobs) == 0 {
		c.without.Add(1)
		return nil, answer.usage.PromptTokens, nil
	}
	c.without.Store(math.MinInt32)
	probs = map[string]float64{}
	for _, t := range answer.logprobs[0].TopLogprobs {
		probs[t.Token] += math.Exp(t.Logprob)
	}
	return probs, answer.usage.PromptTokens, nil
}
