package agent

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/prompts"
)

// TokenProber is what the agent asks of a model that can tell the
// probabilities of its next token. An llms.Model that has this method is
// graded by one forward pass instead of by generated text. probs holds the
// likeliest tokens' probabilities by their text; promptTokens is the prompt's
// length. A model that gives no probabilities returns an empty map.
type TokenProber interface {
	NextToken(ctx context.Context, messages []llms.MessageContent) (probs map[string]float64, promptTokens int, err error)
}

// caller is the only way to the model: it counts every call.
type caller struct {
	model  llms.Model
	prober TokenProber // nil when the model gives no probabilities
	meter  *meter
}

// write generates free text for a prompt, at most maxTokens long.
func (c *caller) write(ctx context.Context, p prompts.Prompt, maxTokens int, onToken func(string)) (string, error) {
	opts := []llms.CallOption{llms.WithMaxTokens(min(maxTokens, c.meter.remaining())), llms.WithTemperature(0),
		// A penalty on repetition punishes citing one passage twice and quoting it.
		llms.WithRepetitionPenalty(1)}
	if onToken != nil {
		opts = append(opts, llms.WithStreamingFunc(func(ctx context.Context, chunk []byte) error {
			onToken(string(chunk))
			return ctx.Err()
		}))
	}
	text, err := c.complete(ctx, MessagesOf(p), opts...)
	if err != nil {
		return "", fmt.Errorf("%s: %w", p.Name, err)
	}
	return text, nil
}

func (c *caller) complete(ctx context.Context, messages []llms.MessageContent, opts ...llms.CallOption) (string, error) {
	if err := c.meter.begin(); err != nil {
		return "", err
	}
	begin := time.Now()
	resp, err := c.model.GenerateContent(ctx, messages, opts...)
	var text string
	prompt, completion := 0, 0
	if resp != nil && len(resp.Choices) > 0 {
		text = resp.Choices[0].Content
		prompt = count(resp.Choices[0].GenerationInfo, "PromptTokens")
		completion = count(resp.Choices[0].GenerationInfo, "CompletionTokens")
	}
	c.meter.end(prompt, completion, time.Since(begin))
	if err := ended(ctx, err); err != nil {
		return "", fmt.Errorf("call the model: %w", err)
	}
	return strings.TrimSpace(text), nil
}

func (c *caller) nextToken(ctx context.Context, p prompts.Prompt) (map[string]float64, error) {
	if err := c.meter.begin(); err != nil {
		return nil, err
	}
	begin := time.Now()
	next, prompt, err := c.prober.NextToken(ctx, MessagesOf(p))
	c.meter.end(prompt, 1, time.Since(begin))
	if err := ended(ctx, err); err != nil {
		return nil, fmt.Errorf("%s: ask the model for a grade: %w", p.Name, err)
	}
	return next, nil
}

// ended prefers the reason for which the context ended over the error that
// the model made of it. Some models return no error at all when cancelled.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// count reads a counter that models report under langchaingo's usual names.
func count(info map[string]any, key string) int {
	n, _ := info[key].(int)
	return n
}

// MessagesOf makes langchaingo messages of a rendered prompt.
func MessagesOf(p prompts.Prompt) []llms.MessageContent {
	roles := map[string]llms.ChatMessageType{
		"system": llms.ChatMessageTypeSystem, "user": llms.ChatMessageTypeHuman, "assistant": llms.ChatMessageTypeAI,
	}
	out := make([]llms.MessageContent, len(p.Messages))
	for i, m := range p.Messages {
		out[i] = llms.TextParts(roles[m.Role], m.Text)
	}
	return out
}
