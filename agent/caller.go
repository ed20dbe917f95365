package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// TokenProber is what the agent asks of a model that can tell the
// probabilities of its next token. An llms.Model that has this method is
// graded by one forward pass instead of by generated text. probs holds the
// likeliest tokens' probabilities by their text; promptTokens is the prompt's
// length. A model that gives no probabilities returns an empty map.
type TokenProber interface {
	NextToken(ctx context.Context, messages []llms.MessageContent) (probs map[string]float64, promptTokens int, err error)
}

// caller is the only way to the model: it counts every call, and answers one
// that was made before from its cache.
type caller struct {
	model  llms.Model
	name   string      // of the model, for spans; may be empty
	prober TokenProber // nil when the model gives no probabilities
	blind  atomic.Bool // the prober turned out to give none either
	meter  *meter
	cache  *replyCache
}

// reply is what a call brought: text, or the probabilities of the next token.
type reply struct {
	text               string
	next               map[string]float64
	prompt, completion int  // tokens
	cached             int  // of the prompt, as the server tells; -1 when it does not
	cut                bool // a limit ended the text

	model string    // as the server names it; may be empty
	first time.Time // when the first piece of a streamed text came
}

// estimate counts the tokens that the server did not.
func (r *reply) estimate(of call) {
	r.prompt, r.completion = text.Tokens(promptText(of.messages)), max(r.completion, text.Tokens(r.text))
}

// call is one call of the model. Calls that are equal are made once a turn.
type call struct {
	step      string
	version   string // of the prompt, with its language
	language  string
	origin    prompts.Origin // of the prompt, in a registry
	messages  []llms.MessageContent
	probe     bool // for the next token's probabilities instead of text
	maxTokens int
	schema    map[string]any // of the text; nil for free text
	// temperature and seed sample drafts that differ; 0 is greedy.
	temperature float64
	seed        int
}

// callOf is a call with a prompt.
func callOf(p prompts.Prompt) call {
	return call{step: p.Name, version: p.Version, language: p.Language, origin: p.Origin, messages: MessagesOf(p)}
}

// key tells calls apart.
func (c call) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%t %d %g %d\n", c.probe, c.maxTokens, c.temperature, c.seed)
	if c.schema != nil {
		schema, _ := json.Marshal(c.schema) // a map of strings and lists: it cannot fail
		b.Write(schema)
	}
	b.WriteString(promptText(c.messages))
	return b.String()
}

// write generates free text for a prompt, at most maxTokens long.
func (c *caller) write(ctx context.Context, p prompts.Prompt, maxTokens int) (string, error) {
	return c.sample(ctx, p, maxTokens, 0, 0, nil)
}

// sample is write at a temperature. Of a text that a limit ended, the sentence
// or line that it was in is left out, unless there is no other: half of a claim
// may claim what the whole would not.
func (c *caller) sample(ctx context.Context, p prompts.Prompt, maxTokens int, temperature float64, seed int, onToken func(string)) (string, error) {
	what := callOf(p)
	what.maxTokens, what.temperature, what.seed = maxTokens, temperature, seed
	r, err := c.complete(ctx, what, onToken)
	if err != nil {
		return "", fmt.Errorf("%s: %w", p.Name, err)
	}
	if r.cut {
		return text.WholeSentences(r.text), nil
	}
	return r.text, nil
}

// complete makes a call for text, or takes its reply from the cache.
func (c *caller) complete(ctx context.Context, what call, onToken func(string)) (reply, error) {
	r, fresh, err := c.cache.do(ctx, what.key(), func() (reply, error) {
		return c.metered(ctx, what, func(ctx context.Context, what call) (reply, error) { return c.generate(ctx, what, onToken) })
	})
	if err != nil {
		return reply{}, err
	}
	if !fresh {
		c.meter.repeated(what.step)
		if onToken != nil {
			onToken(r.text)
		}
	}
	return r, nil
}

// nextToken makes a call for the probabilities of the next token.
func (c *caller) nextToken(ctx context.Context, p prompts.Prompt) (map[string]float64, error) {
	what := callOf(p)
	what.probe, what.maxTokens = true, 1
	r, fresh, err := c.cache.do(ctx, what.key(), func() (reply, error) {
		return c.metered(ctx, what, func(ctx context.Context, what call) (reply, error) {
			next, prompt, err := c.prober.NextToken(ctx, what.messages)
			return reply{next: next, prompt: prompt, completion: 1, cached: -1}, ended(ctx, err)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s: ask the model for a grade: %w", p.Name, err)
	}
	if !fresh {
		c.meter.repeated(what.step)
	}
	return r.next, nil
}

// errNoModel is of a call that an agent without a model makes.
var errNoModel = errors.New("there is no language model: strategy extractive alone does without one")

// metered makes a call within the budget, as a span, and counts it. Where the
// budget has less room, the call may write less.
func (c *caller) metered(ctx context.Context, what call, do func(context.Context, call) (reply, error)) (reply, error) {
	if c.model == nil {
		return reply{}, errNoModel
	}
	prompt := promptText(what.messages)
	write, reserved, err := c.meter.begin(prompt, what.maxTokens)
	if err != nil {
		return reply{}, err
	}
	what.maxTokens = write
	shared := c.cache.shared(prompt)
	begin := time.Now()
	ctx, span := c.startGeneration(ctx, what, begin)
	r, err := do(ctx, what)
	c.meter.end(what.step, reserved, r, shared, time.Since(begin))
	span.endGeneration(what, r, begin, err)
	return r, err
}

// generate calls the model for text.
func (c *caller) generate(ctx context.Context, what call, onToken func(string)) (reply, error) {
	opts := []llms.CallOption{
		llms.WithMaxTokens(what.maxTokens), llms.WithTemperature(what.temperature),
		// A penalty on repetition punishes citing one passage twice and quoting it.
		llms.WithRepetitionPenalty(1),
	}
	if what.temperature > 0 {
		opts = append(opts, llms.WithSeed(what.seed))
	}
	if what.schema != nil {
		opts = append(opts, llms.WithJSONMode(), llms.WithMetadata(map[string]any{"json_schema": what.schema}))
	}
	var first time.Time
	if onToken != nil {
		filter := thoughtFilter{write: onToken}
		opts = append(opts, llms.WithStreamingFunc(func(ctx context.Context, chunk []byte) error {
			if first.IsZero() {
				first = time.Now()
			}
			filter.add(string(chunk))
			return ctx.Err()
		}))
		defer filter.flush()
	}
	resp, err := c.model.GenerateContent(ctx, what.messages, opts...)
	r := reply{cached: -1, first: first}
	if resp != nil && len(resp.Choices) > 0 {
		info := resp.Choices[0].GenerationInfo
		r.text = withoutThoughts(resp.Choices[0].Content)
		r.cut = resp.Choices[0].StopReason == "length"
		r.prompt = count(info, "PromptTokens")
		r.completion = count(info, "CompletionTokens")
		if r.prompt == 0 { // the server counts none
			r.estimate(what)
		}
		if cached, ok := info["PromptCachedTokens"].(int); ok {
			r.cached = cached
		}
		r.model, _ = info["Model"].(string)
	}
	if err := ended(ctx, err); err != nil {
		if part := (unfinished)(nil); errors.As(err, &part) {
			r.text, r.cut = withoutThoughts(part.Written()), true
			r.estimate(what)
			return r, nil
		}
		return r, fmt.Errorf("call the model: %w", err)
	}
	return r, nil
}

// unfinished is what the agent asks of an error about a model that was stopped
// as it went on and on: what it had written is as good as what a limit on
// tokens leaves, and a turn does not fail for it.
type unfinished interface{ Written() string }

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

// promptText is all that a model reads of messages, with their roles.
func promptText(messages []llms.MessageContent) string {
	var b strings.Builder
	for _, m := range messages {
		b.WriteString("\x00" + string(m.Role) + "\x00")
		for _, part := range m.Parts {
			if t, ok := part.(llms.TextContent); ok {
				b.WriteString(t.Text)
			}
		}
	}
	return b.String()
}
