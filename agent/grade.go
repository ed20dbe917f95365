package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent/claim"
	"selfrag/prompts"
)

// Grade is a probability in [0,1], or unknown. The zero value is unknown,
// which passes no threshold. In JSON an unknown grade is null.
type Grade struct {
	Value float64
	Known bool
	// Verdict is that of code on a claim. One that refutes it passes no
	// threshold; the value is 0 then, and no model was asked.
	Verdict claim.Verdict
}

// Known returns a known grade, held to [0,1].
func Known(p float64) Grade { return Grade{Value: min(1, max(0, p)), Known: true} }

// RefutedBy is the grade of a claim that code refutes.
func RefutedBy(v claim.Verdict) Grade { return Grade{Known: true, Verdict: v} }

// Refuted is the verdict of code, or nil when it does not refute the claim.
func (g Grade) Refuted() *claim.Verdict {
	if !g.Verdict.Refuted {
		return nil
	}
	return &g.Verdict
}

// Passes reports whether the grade is known, at least the threshold, and not
// that of a refuted claim.
func (g Grade) Passes(threshold float64) bool {
	return g.Known && g.Value >= threshold && !g.Verdict.Refuted
}

// String is the grade with two decimals, or "unknown".
func (g Grade) String() string {
	if !g.Known {
		return "unknown"
	}
	return fmt.Sprintf("%.2f", g.Value)
}

// MarshalJSON writes a number, or null when unknown.
func (g Grade) MarshalJSON() ([]byte, error) {
	if !g.Known {
		return []byte("null"), nil
	}
	return json.Marshal(g.Value)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (g *Grade) UnmarshalJSON(b []byte) error {
	*g = Grade{}
	if string(b) == "null" {
		return nil
	}
	g.Known = true
	return json.Unmarshal(b, &g.Value)
}

// leastMass is the probability that a model must give to a prompt's labels
// together for their proportions to mean anything. Below it, the model was
// about to write something else.
const leastMass = 0.05

// judge asks for one of the prompt's labels and returns the probability of
// each, in their order, summing to 1; ok is false when the grade is unknown.
// First by the probabilities of the next token; where the model gives none,
// by schema-constrained output; where that fails, by one repair.
func (c *caller) judge(ctx context.Context, p prompts.Prompt) (probs []float64, ok bool, err error) {
	if c.probes() {
		if probs, ok, err := c.probe(ctx, p); err != nil || ok {
			return probs, ok, err
		}
	}
	return c.judgeBySchema(ctx, p)
}

// probes tells whether the model gives probabilities, as far as it is known.
func (c *caller) probes() bool { return c.prober != nil && !c.blind.Load() }

// probe is judge by the probabilities of the next token alone.
func (c *caller) probe(ctx context.Context, p prompts.Prompt) (probs []float64, ok bool, err error) {
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

// judgeBySchema asks for {"grade": LABEL}.
func (c *caller) judgeBySchema(ctx context.Context, p prompts.Prompt) ([]float64, bool, error) {
	schema := map[string]any{
		"type":                 "object",
		"properties":           map[string]any{"grade": map[string]any{"type": "string", "enum": p.Labels}},
		"required":             []string{"grade"},
		"additionalProperties": false,
	}
	ask := fmt.Sprintf("\nReply as JSON: {\"grade\": \"%s\"}", strings.Join(p.Labels, `" or "`))
	what := callOf(p)
	what.maxTokens, what.schema = 32, schema
	what.messages = append(what.messages[:len(what.messages)-1], llms.TextParts(llms.ChatMessageTypeHuman, p.Messages[len(p.Messages)-1].Text+ask))
	for range 2 {
		r, err := c.complete(ctx, what, nil)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", p.Name, err)
		}
		if i, err := labelOf(r.text, p.Labels); err == nil {
			probs := make([]float64, len(p.Labels))
			probs[i] = 1
			return probs, true, nil
		}
		what.messages = append(what.messages, llms.TextParts(llms.ChatMessageTypeAI, r.text),
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
