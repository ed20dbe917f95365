package call

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent/internal/stop"
)

// TokenProber is a model that can give the probabilities of its next token.
// With such a model, a grade takes one forward pass instead of generated text.
// probs maps the likeliest tokens, as text, to their probabilities;
// promptTokens is the length of the prompt. A model that gives no probabilities
// returns an empty map.
type TokenProber interface {
	NextToken(ctx context.Context, messages []llms.MessageContent) (probs map[string]float64, promptTokens int, err error)
}

// unfinished is the error of a model that was stopped because it wrote without
// end. Written returns the text up to then. The text is used like a text that a
// token limit cut off, so the turn need not fail.
type unfinished interface{ Written() string }

// generate calls the model for text. It stops a text that exceeds its limit, and
// cuts it there.
func (c *Caller) generate(ctx context.Context, req request, onToken func(string)) (reply, error) {
	opts := []llms.CallOption{
		llms.WithMaxTokens(req.maxTokens), llms.WithTemperature(req.temperature),
		// A repetition penalty would punish quoting a passage and citing it
		// twice.
		llms.WithRepetitionPenalty(1),
	}
	if req.temperature > 0 {
		opts = append(opts, llms.WithSeed(req.seed))
	}
	if req.schema != nil {
		opts = append(opts, llms.WithJSONMode(), llms.WithMetadata(map[string]any{"json_schema": req.schema}))
	}
	if req.think {
		opts = append(opts, llms.WithThinking(&llms.ThinkingConfig{Mode: llms.ThinkingModeAuto}))
	}
	var first time.Time
	so := &written{limit: min(req.limit, req.maxTokens)}
	if onToken != nil {
		filter := thoughtFilter{write: func(s string) { onToken(so.add(s)) }}
		opts = append(opts, llms.WithStreamingFunc(func(ctx context.Context, chunk []byte) error {
			if first.IsZero() {
				first = time.Now()
			}
			filter.add(string(chunk))
			if so.full {
				return errEnough
			}
			return ctx.Err()
		}))
		defer filter.flush()
	}
	resp, err := c.model.GenerateContent(ctx, req.messages, opts...)
	r := reply{cached: -1, first: first}
	if resp != nil && len(resp.Choices) > 0 {
		r.read(resp.Choices[0])
		if r.prompt == 0 { // the server does not count
			r.estimate(req)
		}
		if cut := (&written{limit: so.limit}).add(r.text); len(cut) < len(r.text) {
			r.text, r.cut = cut, true
		}
	}
	if err := stop.Reason(ctx, err); err != nil {
		if so.full {
			r.text, r.cut = strings.TrimSpace(so.text.String()), true
			r.estimate(req)
			r.completion = min(r.completion, req.maxTokens) // a server that counts stops there
			return r, nil
		}
		if part := (unfinished)(nil); errors.As(err, &part) {
			r.text, r.cut = withoutThoughts(part.Written()), true
			r.estimate(req)
			return r, nil
		}
		return r, c.refused(fmt.Errorf("call the model: %w", err))
	}
	if r.text == "" && resp != nil && len(resp.Choices) > 0 {
		if none := c.noText(resp.Choices[0], req.maxTokens); none != nil {
			return r, none
		}
	}
	return r, nil
}

// refused returns a *NoTextError if the server refused the prompt for its
// content. It returns any other error unchanged.
func (c *Caller) refused(err error) error {
	if of := (filtered)(nil); errors.As(err, &of) && of.Filtered() {
		return &NoTextError{Model: c.name, Why: "its server refused what the prompt is about", Err: err}
	}
	return err
}

// read copies the text and the token counts from a reply of langchaingo.
// langchaingo defines the keys of the counts.
func (r *reply) read(choice *llms.ContentChoice) {
	info := choice.GenerationInfo
	r.text = withoutTurns(withoutThoughts(choice.Content))
	r.cut = !endedByItself(choice.StopReason)
	r.prompt, _ = info["PromptTokens"].(int)
	r.completion, _ = info["CompletionTokens"].(int)
	if cached, ok := info["PromptCachedTokens"].(int); ok {
		r.cached = cached
	}
	r.model, _ = info["Model"].(string)
}
