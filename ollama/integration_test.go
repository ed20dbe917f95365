//go:build integration

package ollama_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/ollama"
)

// realClient reaches the server at OLLAMA_HOST, or 127.0.0.1:11434. Without it, or without the model, the test fails.
func realClient(t *testing.T) *ollama.Client {
	t.Helper()
	client := dial(t, ollama.Config{})
	has, err := client.HasModel(t.Context(), client.Model())
	if err != nil {
		t.Fatalf("%v; or run scripts/ollama-serve", err)
	}
	if !has {
		t.Fatalf("the server at %s has no model %s; make it with scripts/model-small", client.Address(), client.Model())
	}
	return client
}

func TestReal(t *testing.T) {
	client := realClient(t)
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) { s.run(t, client) })
	}
}

func TestRealCancel(t *testing.T) {
	client := realClient(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var cancelled time.Time
	resp, err := client.GenerateContent(ctx, human("Tell me a very long story about a cat."), llms.WithMaxTokens(2000),
		llms.WithStreamingFunc(func(context.Context, []byte) error {
			if cancelled.IsZero() {
				cancelled = time.Now()
				cancel()
			}
			return nil
		}))
	if took := time.Since(cancelled); took > promptly {
		t.Errorf("returned %s after the cancel", took)
	}
	if !errors.Is(err, context.Canceled) || resp != nil {
		t.Errorf("got %v, %v", resp, err)
	}
	// The server has stopped too, or this answer would have to wait for 2,000 tokens.
	ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := client.Call(ctx, "Say hi.", llms.WithMaxTokens(3)); err != nil {
		t.Errorf("after a cancel: %v", err)
	}
}

func TestRealCancelBeforeTheFirstToken(t *testing.T) {
	client := realClient(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := client.Call(ctx, "Tell me a very long story about a cat.")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > 100*time.Millisecond+promptly {
		t.Errorf("took %s", took)
	}
}

// An answer ends where the context does, and does not push the prompt out of it.
func TestRealAnswerReachesTheEndOfTheContext(t *testing.T) {
	realClient(t)
	client := dial(t, ollama.Config{ContextTokens: 64})
	resp, err := client.GenerateContent(t.Context(), human("Tell me a very long story about a cat."))
	if err != nil {
		t.Fatal(err)
	}
	if c := resp.Choices[0]; c.StopReason != "length" || c.GenerationInfo["TotalTokens"].(int) > 66 {
		t.Errorf("stopped by %q: %v", c.StopReason, c.GenerationInfo)
	}
}
