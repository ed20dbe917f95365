//go:build integration

package openai_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/openai"
)

// realClient reaches Ollama's OpenAI-compatible API at OLLAMA_HOST, or 127.0.0.1:11434. Without it the test fails.
func realClient(t *testing.T) *openai.Client {
	t.Helper()
	c, err := openai.New(openai.Config{
		Address: "http://" + strings.TrimPrefix(cmp.Or(os.Getenv("OLLAMA_HOST"), "127.0.0.1:11434"), "http://"),
		Model:   "qwen2.5-coder:0.5b",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if has, err := c.HasModel(t.Context(), c.Model()); err != nil || !has {
		t.Fatalf("%s has no model %s (%v); run scripts/ollama-serve and scripts/model-small", c.Address(), c.Model(), err)
	}
	return c
}

func TestReal(t *testing.T) {
	c := realClient(t)
	t.Run("probabilities", func(t *testing.T) {
		probs, n, err := c.NextToken(t.Context(), human("Reply Yes or No: is water wet?"))
		sum := 0.0
		for _, p := range probs {
			sum += p
		}
		if err != nil || n == 0 || probs["Yes"]+probs["No"] < 0.5 || sum > 1.0001 {
			t.Errorf("got %v, %d, %v", probs, n, err)
		}
	})
	t.Run("schema", func(t *testing.T) {
		text, err := c.Call(t.Context(), "Is water wet? Reply as JSON.", llms.WithMaxTokens(32), llms.WithMetadata(map[string]any{"json_schema": json.RawMessage(
			`{"type":"object","properties":{"grade":{"type":"string","enum":["Yes","No"]}},"required":["grade"],"additionalProperties":false}`)}))
		var v struct{ Grade string }
		if err != nil || json.Unmarshal([]byte(text), &v) != nil || v.Grade != "Yes" && v.Grade != "No" {
			t.Errorf("got %q, %v", text, err)
		}
	})
	t.Run("stream", func(t *testing.T) {
		var pieces []string
		resp, err := c.GenerateContent(t.Context(), human("대한민국의 수도는?"), llms.WithMaxTokens(8),
			llms.WithStreamingFunc(func(_ context.Context, b []byte) error { pieces = append(pieces, string(b)); return nil }))
		if err != nil || len(pieces) < 2 || resp.Choices[0].Content != strings.Join(pieces, "") || resp.Choices[0].GenerationInfo["CompletionTokens"].(int) == 0 {
			t.Errorf("got %q, %+v, %v", pieces, resp, err)
		}
	})
	t.Run("no such model", func(t *testing.T) {
		_, err := c.Call(t.Context(), "Hi", llms.WithModel("nobody/has-this:1b"))
		if missing := (*openai.ModelMissingError)(nil); !errors.As(err, &missing) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := c.GenerateContent(ctx, human("Tell me a very long story."), llms.WithMaxTokens(500),
			llms.WithStreamingFunc(func(context.Context, []byte) error { cancel(); return nil }))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
