package call

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"selfrag/prompts"
)

// leastMass is the probability that a model must give to a prompt's labels
// together for their proportions to mean anything. Below it, the model was
// about to write something else. Not measured.
const leastMass = 0.05

// Judge asks for one of the prompt's labels and returns the probability of
// each, in their order, summing to 1; ok is false when the grade is unknown.
// It asks first for the probabilities of the next token (Probe); where the model
// gives none, for schema-constrained output (JudgeBySchema). Errors are as those
// of Sample.
func (c *Caller) Judge(ctx context.Context, p prompts.Prompt) (probs []float64, ok bool, err error) {
	if c.Probes() {
		if probs, ok, err := c.Probe(ctx, p); err != nil || ok {
			return probs, ok, err
		}
	}
	return c.JudgeBySchema(ctx, p)
}

// Probes reports whether the model gives probabilities, as far as it is known: a
// model that has the method may turn out, at its first call, to give none.
func (c *Caller) Probes() bool { return c.prober != nil && !c.blind.Load() }

// Probe is Judge by the probabilities of the next token alone: one forward pass
// of the model, which writes nothing. ok is false, too, when the labels have next
// to no probability together. It may be called only where Probes is true.
func (c *Caller) Probe(ctx context.Context, p prompts.Prompt) (probs []float64, ok bool, err error) {
	next, err := c.nextToken(ctx, p)
	if err != nil {
		return nil, false, err
	}
	if len(next) == 0 {
		c.blind.Store(true)
	}
	probs, ok = shares(next, p.Labels)
	return probs, ok, nil
}

// shares adds up the probabilities of the tokens that begin, or are begun
// by, exactly one label, and scales the sums to 1. ok is false when the labels
// have next to no probability.
func shares(next map[string]float64, labels []string) ([]float64, bool) {
	sums := make([]float64, len(labels))
	total := 0.0
	for token, prob := range next {
		token = strings.ToLower(strings.TrimSpace(token))
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

// JudgeBySchema is Judge by a generated {"grade": LABEL} alone: the label that the
// model writes has probability 1. Where the model writes anything else, it is
// asked to repair it once.
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
	for range 2 {
		r, err := c.complete(ctx, req, nil)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", p.Name, err)
		}
		if i, err := labelOf(r.text, p.Labels); err == nil {
			probs := make([]float64, len(p.Labels))
			probs[i] = 1
			return probs, true, nil
		}
		req.messages = append(req.messages, llms.TextParts(llms.ChatMessageTypeAI, r.text),
			llms.TextParts(llms.ChatMessageTypeHuman, "That is not valid."+ask))
	}
	return nil, false, nil
}

// labelOf reads {"grade": LABEL}, with anything around the object.
func labelOf(text string, labels []string) (int, error) {
	begin, end := strings.Index(text, "{"), strings.LastIndex(text, "}")
	if begin < 0 || end < begin {
		return 0, errors.New("no JSON object")
	}
	var v struct {
		Grade string `json:"grade"`
	}
	if err := json.Unmarshal([]byte(text[begin:end+1]), &v); err != nil {
		return 0, err
	}
	for i, l := range labels {
		if strings.EqualFold(strings.TrimSpace(v.Grade), l) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("unknown label %q", v.Grade)
}
