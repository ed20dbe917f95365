package ollama

import (
	"context"
	"fmt"
	"strings"

	"github.com/ollama/ollama/api"
)

// ContinuesPrefill reports whether the model continues the text of a last
// message with the role ai, instead of beginning a new message. That depends on
// the model's template. Most templates in Ollama's library leave the last
// message open. The ChatML template that Ollama guesses for an imported GGUF
// file ends every message. The server loads the model and renders the prompt,
// but generates nothing. If model is empty, ContinuesPrefill uses Config.Model.
func (c *Client) ContinuesPrefill(ctx context.Context, model string) (bool, error) {
	if model == "" {
		model = c.cfg.Model
	}
	const prefill = "The answer is:"
	no := false
	x := c.open()
	var prompt string
	err := post(ctx, c, x, chatPath, &api.ChatRequest{
		Model:           model,
		Messages:        []api.Message{{Role: "user", Content: "?"}, {Role: "assistant", Content: prefill}},
		Stream:          &no,
		Think:           &api.ThinkValue{Value: false},
		KeepAlive:       c.keepAlive(),
		Options:         map[string]any{"num_ctx": c.cfg.ContextTokens},
		DebugRenderOnly: true,
	}, func(r api.ChatResponse) error {
		if r.DebugInfo != nil {
			prompt = r.DebugInfo.RenderedTemplate
		}
		return nil
	})
	if err := c.explain(ctx, model, x, err); err != nil {
		return false, fmt.Errorf("rendering a prompt for %s: %w", model, err)
	}
	if prompt == "" {
		return false, fmt.Errorf("rendering a prompt for %s: Ollama at %s cannot show it; it can from version 0.12 on", model, c.Address())
	}
	return strings.HasSuffix(prompt, prefill), nil
}
