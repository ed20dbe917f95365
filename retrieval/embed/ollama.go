package embed

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/tmc/langchaingo/embeddings"
)

var _ embeddings.Embedder = (*Ollama)(nil)

// OllamaClient is what the Ollama embedder needs from an Ollama client. Embed
// returns one vector per text, in the order of the texts.
type OllamaClient interface {
	Embed(ctx context.Context, model string, texts []string) ([][]float32, error)
}

// OllamaConfig chooses the model of an Ollama server.
type OllamaConfig struct {
	Model string // as Ollama names it, such as "mxbai-embed-large"; required

	// Dimensions keeps only the first values of each vector. Models trained for
	// that (Kusupati et al., "Matryoshka Representation Learning", arXiv
	// 2205.13147), such as mxbai-embed-large with 512, lose little. 0: all.
	Dimensions int

	// Batch is the number of texts in one request. More texts save round trips;
	// fewer notice the end of the context sooner. 32.
	Batch int

	// Profile describes how to use the model; nil: ProfileOf(Model). Pooling
	// and MaxTokens are the server's.
	Profile *Profile
}

// Ollama embeds with an Ollama server. It is safe for concurrent use if its
// client is.
type Ollama struct{ remote }

// NewOllama returns an embedder. It embeds one word first, to find the number
// of dimensions and to check that the server has the model.
func NewOllama(ctx context.Context, client OllamaClient, cfg OllamaConfig) (*Ollama, error) {
	if cfg.Model == "" {
		return nil, errors.New("embed by Ollama: no model is given")
	}
	if cfg.Dimensions < 0 {
		return nil, fmt.Errorf("embed by Ollama: a vector cannot have %d dimensions", cfg.Dimensions)
	}
	o := &Ollama{remote{profile: profileFor(cfg.Model, cfg.Profile), batch: cmp.Or(cfg.Batch, 32)}}
	o.ask = func(ctx context.Context, texts []string) ([][]float32, error) {
		vectors, err := client.Embed(ctx, cfg.Model, texts)
		if err != nil || cfg.Dimensions == 0 {
			return vectors, err
		}
		for i, v := range vectors {
			if len(v) < cfg.Dimensions {
				return nil, fmt.Errorf("the model %s has %d dimensions, fewer than the %d asked for", cfg.Model, len(v), cfg.Dimensions)
			}
			vectors[i] = v[:cfg.Dimensions]
		}
		return vectors, nil
	}
	name, err := Name{Provider: "ollama", Model: cfg.Model, Dimensions: cfg.Dimensions}.Canonical()
	if err != nil {
		return nil, err
	}
	if err := o.open(ctx, name.String()); err != nil {
		return nil, err
	}
	return o, nil
}
