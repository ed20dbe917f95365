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
	// Kept is where what is found out about the model stays beyond the turn, where
	// the model does not keep it itself. nil: it is forgotten with the caller.
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
	name   string      // of the model, for spans; may be empty
	prober TokenProber // nil when the model gives no probabilities
	blind  atomic.Bool // the prober turned out to give none either
	memory *memory
	unread unread
	heard  atomic.Int64 // calls that were answered, be it by an error
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
	// NotEmpty makes an error of a text that is empty although the model ended it of
	// itself. One that is empty for any other reason is an error always.
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
// A text that a limit ended before it began is asked for again with more room, as
// models need it that think, and so is once one whose stream broke off: a reader of
// OnToken then gets what goes on from the pieces that it has.
//
// The error names the prompt. It wraps a SpentError where the budget has no room
// for the call, ErrNoModel where there is no model, the context's cause where the
// context ended, a *NoTextError where the model wrote none, and else the model's
// own error.
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
