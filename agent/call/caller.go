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

// Config is what a caller is made from. Its zero value works: the calls of a
// caller without a model fail with ErrNoModel.
type Config struct {
	// Model is any langchaingo model. One that is also a TokenProber is graded by
	// token probabilities, any other by schema-constrained output. It may be nil.
	Model llms.Model
	// Calls and Tokens are the budget: how many calls may be made (DefaultCalls),
	// and how many tokens they may read and write together (DefaultTokens). The
	// time is bounded by the context of each call.
	Calls, Tokens int
	// Kept is where what is found out about the model stays beyond the turn, where
	// the model does not keep it itself. nil: it is forgotten with the caller.
	Kept *sync.Map
}

// The budget of a caller where its Config has none. Not measured.
const (
	DefaultCalls  = 60
	DefaultTokens = 60_000
)

// Caller makes the calls of one turn. It counts each against the budget, and
// answers one that was made before from its cache. It is safe for concurrent use
// when its model is.
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

// New returns a caller with an empty cache, of which nothing is spent.
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

// Sampling is how a text is generated. Its zero value is greedy; MaxTokens must
// be set.
type Sampling struct {
	MaxTokens   int          // the most that the model may write
	Temperature float64      // 0 is greedy: the likeliest token each time
	Seed        int          // makes a sampled text repeatable; unused at temperature 0
	OnToken     func(string) // called with each piece of the text as it comes; may be nil
	Think       bool         // the model may think before it writes
	// NotEmpty makes an error of a text that is empty although the model ended it of
	// itself. One that is empty for any other reason is an error always.
	NotEmpty bool
}

// Write generates free text for a prompt greedily, in at most maxTokens tokens.
func (c *Caller) Write(ctx context.Context, p prompts.Prompt, maxTokens int) (string, error) {
	return c.Sample(ctx, p, Sampling{MaxTokens: maxTokens})
}

// Sample generates free text for a prompt. The thoughts of a model that reasons
// are left out. So is the sentence or line in which a limit ended the text,
// unless there is no other: half of a claim may claim what the whole would not.
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

// complete makes a call for text, or takes its reply from the cache.
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

// ErrNoModel is the error of a call where there is no model.
var ErrNoModel = errors.New("there is no language model: strategy extractive alone does without one")

// metered makes a call within the budget, as a span, and counts it. Where the
// budget has less room, the call may write less.
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

// Usage is what the calls so far have cost. A call under way is counted among
// the calls, and its tokens once it ends.
func (c *Caller) Usage() Usage { return c.meter.usage() }

// Cost is what the calls so far have cost by their steps, which are the names of
// their prompts, in the order of their first call.
func (c *Caller) Cost() []StepCost { return c.meter.cost() }

// Took is the sum of the time that the calls so far have taken. Calls that ran
// side by side count each.
func (c *Caller) Took() time.Duration { return c.meter.took() }
