package openai

import (
	"context"
	"fmt"
	"math"

	"github.com/tmc/langchaingo/llms"
)

// mostTopTokens is the most that OpenAI reports, and that vLLM does unless it is told otherwise.
const mostTopTokens = 20

// patience is how many answers without probabilities show that a server gives none. One does not: where the likeliest token ends the
// turn, Ollama tells nothing.
const patience = 3

// NextToken asks for one token and returns how likely each of the 20 likeliest is to be the next: probabilities in [0,1] by the
// text of the token. They add up to less than 1 by what the rest would get. promptTokens counts the whole prompt. This is how a
// grade is read in one forward pass.
//
// probs is empty when the server gives no probabilities. One that refuses them is not asked again, nor is one that left them out of
// its first three answers. Errors are those of [Client.GenerateContent].
func (c *Client) NextToken(ctx context.Context, messages []llms.MessageContent) (probs map[string]float64, promptTokens int, err error) {
	opts := c.callOptions([]llms.CallOption{llms.WithMaxTokens(1), llms.WithTemperature(0)})
	if !c.needs.probabilities() || c.without.Load() >= patience {
		return nil, 0, nil
	}
	fields, err := c.body(messages, opts)
	if err != nil {
		return nil, 0, fmt.Errorf("reading token probabilities from %s: %w", c.address, err)
	}
	fields["logprobs"], fields["top_logprobs"] = true, mostTopTokens
	answer, err := c.chat(ctx, opts, fields)
	if err != nil {
		return nil, 0, fmt.Errorf("reading token probabilities of %s: %w", opts.Model, err)
	}
	prompt := int(answer.usage.PromptTokens)
	if len(answer.logprobs) == 0 || len(answer.logprobs[0]) == 0 {
		c.without.Add(1)
		return nil, prompt, nil
	}
	c.without.Store(math.MinInt32)
	return answer.logprobs[0], prompt, nil
}
