package ollama

import (
	"context"
	"errors"
	"fmt"

	"github.com/ollama/ollama/api"
)

// embedBatch bounds how much work one lost request costs, and how long a cancelled one keeps the server busy.
const embedBatch = 32

// Embed returns a vector of unit length for each text, in their order, all of the same size. It sends 32 texts a request. An
// empty name means Config.EmbedModel.
//
// The server cuts texts that are longer than the embedding model's context (often 512 tokens) and does not say so: split
// documents into passages that fit. Prefixes that a model asks for, such as "query: ", are the caller's to add. A text that is
// empty is an error.
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

// EmbedDocuments implements embeddings.Embedder with Config.EmbedModel; see [Client.Embed].
func (c *Client) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	return c.Embed(ctx, "", texts)
}

// EmbedQuery implements embeddings.Embedder with Config.EmbedModel; see [Client.Embed].
func (c *Client) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	vectors, err := c.Embed(ctx, "", []string{text})
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

// contextTokens is the context size to ask for. A model that only embeds keeps its own; one that also chats must be asked for
// the same size each time, or the server would load it anew for every change of work.
func (c *Client) contextTokens(model string) int {
	if model == c.cfg.EmbedModel && model != c.cfg.Model {
		return 0
	}
	return c.cfg.ContextTokens
}
