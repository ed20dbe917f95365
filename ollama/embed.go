package ollama

import (
	"context"
	"errors"
	"fmt"

	"github.com/ollama/ollama/api"
)

// embedBatch is the maximum number of texts in a request. It limits how much
// work is lost if a request fails, and how long a cancelled request keeps the
// server busy.
const embedBatch = 32

// Embed returns a vector of unit length for each text, in the order of the
// texts. All vectors have the same size. Embed sends 32 texts in a request. If
// model is empty, it uses Config.EmbedModel.
//
// The server silently cuts a text that is longer than the embedding model's
// context, which is often 512 tokens. Split documents into passages that fit.
// Some models need a prefix such as "query: "; the caller must add it. An empty
// text is an error.
func (c *Client) Embed(ctx context.Context, model string, texts []string) ([][]float32, error) {
	if model == "" {
		model = c.cfg.EmbedModel
	}
	if model == "" {
		return nil, errors.New("embedding with Ollama: no embedding model is named; set Config.EmbedModel")
	}
	for i, text := range texts {
		if text == "" {
			return nil, fmt.Errorf("embedding with %s: text %d of %d is empty", model, i+1, len(texts))
		}
	}
	vectors := make([][]float32, 0, len(texts))
	for start := 0; start < len(texts); start += embedBatch {
		end := min(start+embedBatch, len(texts))
		batch, err := c.embedOnce(ctx, model, texts[start:end])
		if err != nil {
			return nil, fmt.Errorf("embedding texts %d to %d of %d with %s: %w", start+1, end, len(texts), model, err)
		}
		vectors = append(vectors, batch...)
	}
	for i, v := range vectors {
		if len(v) == 0 || len(v) != len(vectors[0]) {
			return nil, fmt.Errorf("embedding with %s: vector %d has %d dimensions where the first has %d", model, i+1, len(v), len(vectors[0]))
		}
	}
	return vectors, nil
}

func (c *Client) embedOnce(ctx context.Context, model string, texts []string) ([][]float32, error) {
	req := &api.EmbedRequest{Model: model, Input: texts, Dimensions: c.cfg.EmbedDimensions, KeepAlive: c.keepAlive()}
	if n := c.contextTokens(model); n > 0 {
		req.Options = map[string]any{"num_ctx": n}
	}
	server, x := c.plain()
	resp, err := server.Embed(ctx, req)
	if err := c.explain(ctx, model, x, err); err != nil {
		return nil, err
	}
	if len(resp.Embeddings) != len(texts) {
		return nil, fmt.Errorf("Ollama at %s returned %d vectors for %d texts", c.Address(), len(resp.Embeddings), len(texts))
	}
	return resp.Embeddings, nil
}

// EmbedDocuments implements embeddings.Embedder. It calls [Client.Embed] with
// Config.EmbedModel.
func (c *Client) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	return c.Embed(ctx, "", texts)
}

// EmbedQuery implements embeddings.Embedder. It calls [Client.Embed] with
// Config.EmbedModel.
func (c *Client) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	vectors, err := c.Embed(ctx, "", []string{text})
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

// contextTokens returns the size of the context to request for a model, or 0
// for the model's own size. A model that only embeds keeps its own size. A
// model that also chats needs the same size in every request, because the
// server reloads it if the size changes.
func (c *Client) contextTokens(model string) int {
	if model == c.cfg.EmbedModel && model != c.cfg.Model {
		return 0
	}
	return c.cfg.ContextTokens
}
