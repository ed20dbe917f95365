package call

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent/internal/stop"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// Config configures a Caller. The zero value works, but without a model every
// call fails with ErrNoModel.
type Config struct {
	// Model is any langchaingo model. A model that is also a TokenProber is
	// graded by token probabilities, any other model by schema-constrained
	// output. It may be nil.
	Model llms.Model
	// Calls and Tokens are the budget. Calls is the maximum number of calls
	// (DefaultCalls). Tokens is the maximum number of tokens that all calls
	// together may read and write (DefaultTokens). The context of each call
	// bounds its time.
	Calls, Tokens int
	// Kept holds what callers found out about the model, beyond one turn. A
	// model that has a memory of its own does not need it. If it is nil, the
	// caller forgets what it found out.
	Kept *sync.Map
}

// The default budget of a caller. Not measured.
const (
	DefaultCalls  = 60
	DefaultTokens = 60_000
)

// Caller makes the calls of one turn. It counts each call against the budget
// and answers a repeated call from its cache. It is safe for concurrent use if
// its model is.
type Caller struct {
	model  llms.Model
	name   string      // name of the model, for spans; may be empty
	prober TokenProber // nil if the model gives no probabilities
	blind  atomic.Bool // set if the prober turns out to give no probabilities either
	memory *memory
	unread unread
	heard  atomic.Int64 // calls that the server answered, with text or an error
	meter  meter
	cache  replyCache
}

// New returns a caller with an empty cache and an unspent budget.
func New(cfg Config) *Caller {
	c := &Caller{model: cfg.Model, memory: memoryOf(cfg.Model, cfg.Kept)}
	c.meter.calls = cmp.Or(cfg.Calls, DefaultCalls)
	c.meter.tokens = cmp.Or(cfg.Tokens, DefaultTokens)
	if p, ok := cfg.Model.(TokenProber); ok {
		c.prober = p
	}
	if named, ok := cfg.Model.(interface{ Model() string }); ok {
		c.name = named.Model()
	}
	return c
}

// HasModel reports whether there is a model to call.
func (c *Caller) HasModel() bool { return c.model != nil }

// Sampling configures the generation of a text. The zero value is greedy;
// MaxTokens must be set.
type Sampling struct {
	MaxTokens   int          // limit of the tokens that the model writes
	Temperature float64      // 0 is greedy, which always takes the likeliest token
	Seed        int          // makes a sampled text repeatable; unused at temperature 0
	OnToken     func(string) // called with each piece of the text as it comes; may be nil
	Think       bool         // the model may think before it writes
	// NotEmpty makes an empty text an error even if the model ended it by
	// itself. A text that is empty for another reason is always an error.
	NotEmpty bool
}

// Write generates free text for a prompt greedily, with at most maxTokens
// tokens.
func (c *Caller) Write(ctx context.Context, p prompts.Prompt, maxTokens int) (string, error) {
	return c.Sample(ctx, p, Sampling{MaxTokens: maxTokens})
}

// Sample generates free text for a prompt and returns it without the thoughts
// that a reasoning model writes before its answer. If the token limit cut the
// text off, Sample removes the last, unfinished sentence or line, because half
// a claim may say something that the whole claim does not. A text that has only
// this one sentence is returned as it is.
//
// If the token limit ended the call before the first word, as it does with
// models that think first, Sample asks again with more room. If a stream broke
// off, Sample asks once more; OnToken then gets only the part that follows what
// it already has.
//
// The error names the prompt. It wraps a SpentError if the budget has no room
// for the call, ErrNoModel if there is no model, the cause of the context if
// the context ended, a *NoTextError if the model wrote no text, and the model's
// own error otherwise.
func (c *Caller) Sample(ctx context.Context, p prompts.Prompt, how Sampling) (string, error) {
	req := requestOf(p)
	req.maxTokens, req.temperature, req.seed, req.think = how.MaxTokens, how.Temperature, how.Seed, how.Think
	r, err := c.complete(ctx, req, how.OnToken)
	if err != nil {
		return "", fmt.Errorf("%s: %w", p.Name, err)
	}
	if r.text == "" && how.NotEmpty {
		return "", fmt.Errorf("%s: %w", p.Name, c.errNothing())
	}
	if r.cut {
		return text.WholeSentences(r.text), nil
	}
	return r.text, nil
}

// complete makes a call for text or takes its reply from the cache.
func (c *Caller) complete(ctx context.Context, req request, onToken func(string)) (reply, error) {
	r, fresh, err := c.cache.do(ctx, req.key(), func() (reply, error) { return c.insist(ctx, req, onToken) })
	if err != nil {
		return reply{}, err
	}
	if !fresh {
		c.meter.repeated(req.step)
		if onToken != nil {
			onToken(r.text)
		}
	}
	return r, nil
}

// nextToken makes a call for the probabilities of the next token.
func (c *Caller) nextToken(ctx context.Context, p prompts.Prompt) (map[string]float64, error) {
	req := requestOf(p)
	req.probe, req.maxTokens = true, 1
	r, fresh, err := c.cache.do(ctx, req.key(), func() (reply, error) {
		return c.metered(ctx, req, func(ctx context.Context, req request) (reply, error) {
			next, prompt, err := c.prober.NextToken(ctx, req.messages)
			return reply{next: next, prompt: prompt, completion: 1, cached: -1}, c.refused(stop.Reason(ctx, err))
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s: ask the model for a grade: %w", p.Name, err)
	}
	if !fresh {
		c.meter.repeated(req.step)
	}
	return r.next, nil
}

// ErrNoModel is the error of a call without a model.
var ErrNoModel = errors.New("there is no language model: only strategy extractive works without one")

// metered makes a call within the budget and records it in a span. If the
// budget has too few tokens left, the model may write fewer than requested.
func (c *Caller) metered(ctx context.Context, req request, do func(context.Context, request) (reply, error)) (reply, error) {
	if c.model == nil {
		return reply{}, ErrNoModel
	}
	prompt := promptText(req.messages)
	write, reserved, err := c.meter.begin(prompt, req.maxTokens)
	if err != nil {
		return reply{}, err
	}
	req.maxTokens = write
	shared := c.cache.shared(prompt)
	begin := time.Now()
	ctx, s := c.startSpan(ctx, req, begin)
	r, err := do(ctx, req)
	if ctx.Err() == nil {
		c.heard.Add(1)
	}
	c.meter.end(req.step, reserved, r, shared, time.Since(begin))
	endSpan(s, req, r, begin, err)
	return r, err
}

// Usage returns the cost of the calls so far. A call in progress counts as a
// call, but its tokens count only when it ends.
func (c *Caller) Usage() Usage { return c.meter.usage() }

// Cost returns the cost of the calls so far by step, in the order of their
// first calls. The name of a step is the name of its prompt.
func (c *Caller) Cost() []StepCost { return c.meter.cost() }

// Took returns the total duration of all calls so far. Calls that ran in
// parallel each count in full.
func (c *Caller) Took() time.Duration { return c.meter.took() }
