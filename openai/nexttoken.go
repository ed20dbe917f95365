package openai

import (
	"context"
	"fmt"
	"math"

	"github.com/tmc/langchaingo/llms"
)

// mostTopTokens is the maximum number of likeliest tokens that OpenAI reports.
// It is also the default maximum of vLLM.
const mostTopTokens = 20

// patience is the number of answers without probabilities after which a server
// counts as one that reports none. One answer is not enough, because Ollama
// reports no probabilities if the likeliest token ends the turn.
const patience = 3

// NextToken generates one token and returns the probabilities of the 20
// likeliest next tokens. Each key of probs is the text of a token. Each value
// is a probability in [0,1]. The values add up to less than 1, because the
// other tokens have the rest. promptTokens is the number of tokens in the whole
// prompt. A caller can thus read a grade, such as Yes or No, in one forward
// pass of the model.
//
// probs is empty if the server reports no probabilities. NextToken then sends
// no more requests to a server that refused to report them, or that left them
// out of its first three answers. The errors are those of
// [Client.GenerateContent].
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
