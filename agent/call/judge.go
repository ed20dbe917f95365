package call

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/tmc/langchaingo/llms"

	"selfrag/prompts"
)

// leastMass is the minimum for the sum of the probabilities of a prompt's
// labels. Below it the grade is unknown, because the model was about to write
// something else. Not measured.
const leastMass = 0.05

// Judge asks the model for one of the prompt's labels. It returns the
// probability of each label, in the order of the labels. The probabilities sum
// to 1. ok is false if the grade is unknown. Judge first asks for the
// probabilities of the next token (Probe). If the model gives none, it asks for
// schema-constrained output (JudgeBySchema). It returns the same errors as
// Sample.
//
// If the model refuses, or writes something that is not a grade, the grade is
// unknown and there is no error. Unread counts such grades.
func (c *Caller) Judge(ctx context.Context, p prompts.Prompt) (probs []float64, ok bool, err error) {
	if c.Probes() {
		if probs, ok, err := c.Probe(ctx, p); err != nil || ok {
			return probs, ok, err
		}
	}
	return c.JudgeBySchema(ctx, p)
}

// Probes reports whether the model returns probabilities. A model with a
// NextToken method may still return none. Probes returns false once a call has
// shown that.
func (c *Caller) Probes() bool { return c.prober != nil && !c.blind.Load() }

// Probe is like Judge, but uses only the probabilities of the next token. The
// model makes one forward pass and writes nothing. ok is also false if the
// labels together have almost no probability. Probe may be called only if
// Probes returns true.
func (c *Caller) Probe(ctx context.Context, p prompts.Prompt) (probs []float64, ok bool, err error) {
	next, err := c.nextToken(ctx, p)
	if none := (*NoTextError)(nil); errors.As(err, &none) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if len(next) == 0 {
		c.blind.Store(true)
	}
	if probs, ok = shares(next, p.Labels); ok {
		c.unread.read()
	}
	return probs, ok, nil
}

// shares sums, for each label, the probabilities of the tokens that match it
// and no other label, and scales the sums to a total of 1. A token matches a
// label if one is a prefix of the other. ok is false if the labels have almost
// no probability.
func shares(next map[string]float64, labels []string) ([]float64, bool) {
	sums := make([]float64, len(labels))
	total := 0.0
	for token, prob := range next {
		// Some servers leave the tokenizer's sign for a space on tokens.
		token = strings.ToLower(strings.TrimLeft(strings.TrimSpace(token), "Ġ▁"))
		match, matches := 0, 0
		for i, label := range labels {
			label = strings.ToLower(label)
			if token != "" && (strings.HasPrefix(label, token) || strings.HasPrefix(token, label)) {
				match = i
				matches++
			}
		}
		if matches == 1 {
			sums[match] += prob
			total += prob
		}
	}
	if total < leastMass {
		return nil, false
	}
	for i := range sums {
		sums[i] /= total
	}
	return sums, true
}

// JudgeBySchema is like Judge, but the model generates {"grade": LABEL}. The
// label that the model writes gets probability 1. If the model writes anything
// else, it is asked once to repair the JSON.
func (c *Caller) JudgeBySchema(ctx context.Context, p prompts.Prompt) ([]float64, bool, error) {
	schema := map[string]any{
		"type":                 "object",
		"properties":           map[string]any{"grade": map[string]any{"type": "string", "enum": p.Labels}},
		"required":             []string{"grade"},
		"additionalProperties": false,
	}
	ask := fmt.Sprintf("\nReply as JSON: {\"grade\": \"%s\"}", strings.Join(p.Labels, `" or "`))
	req := requestOf(p)
	req.maxTokens, req.schema = 32, schema
	req.messages = append(req.messages[:len(req.messages)-1], llms.TextParts(llms.ChatMessageTypeHuman, p.Messages[len(p.Messages)-1].Text+ask))
	said := ""
	for range 2 {
		r, err := c.complete(ctx, req, nil)
		if none := (*NoTextError)(nil); errors.As(err, &none) {
			c.unread.note(none.Why)
			return nil, false, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", p.Name, err)
		}
		if i, ok := labelOf(r.text, p.Labels); ok {
			probs := make([]float64, len(p.Labels))
			probs[i] = 1
			c.unread.read()
			return probs, true, nil
		}
		said = r.text
		req.messages = append(req.messages, llms.TextParts(llms.ChatMessageTypeAI, r.text),
			llms.TextParts(llms.ChatMessageTypeHuman, "That is not valid."+ask))
	}
	c.unread.note(said)
	return nil, false, nil
}

// unread counts the grades that the model was asked for and those that could
// not be read.
type unread struct {
	mu          sync.Mutex
	asked, none int
	said        string // what the model wrote in place of the last unread grade
}

func (u *unread) read() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.asked++
}

func (u *unread) note(said string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.asked++
	u.none++
	u.said = shortened(said)
}

// Unread returns a sentence about the grades that could not be read: how many
// of how many, and what the model wrote in place of the last one. all reports
// whether no grade could be read. what is empty and err is nil if every grade
// was read.
func (c *Caller) Unread() (what string, all bool, err *UnreadError) {
	u := &c.unread
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.none == 0 {
		return "", false, nil
	}
	err = &UnreadError{Model: c.name, Said: u.said}
	if u.none == u.asked {
		return err.Error(), true, err
	}
	return fmt.Sprintf("%d of %d grades of the model could not be read: it wrote %q in place of one", u.none, u.asked, u.said), false, err
}
