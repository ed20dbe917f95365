package embed

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"selfrag/internal/vec"
	"selfrag/retrieval"
)

// remote is the common part of the embedders that ask a server. It adds the
// prompts to the texts, sends the texts in batches, and checks each response. A
// wrong vector that passed here would be stored and never noticed.
type remote struct {
	profile Profile
	batch   int // texts per request
	// ask returns one vector per text, in the order of the texts.
	ask  func(ctx context.Context, texts []string) ([][]float32, error)
	spec retrieval.EmbedderSpec
}

// open embeds one word, to find the number of dimensions and to check that the
// server has the model, and completes the spec.
func (r *remote) open(ctx context.Context, model string) error {
	probe, err := r.embed(ctx, r.profile.PassagePrompt, []string{"dimensions"})
	if err != nil {
		return fmt.Errorf("try the embedder: %w", err)
	}
	r.spec = retrieval.EmbedderSpec{
		Model:         model,
		Dimensions:    len(probe[0]),
		Metric:        "cosine",
		Languages:     r.profile.Languages,
		Pooling:       "server",
		Normalised:    true,
		QueryPrompt:   r.profile.QueryPrompt,
		PassagePrompt: r.profile.PassagePrompt,
	}
	return nil
}

// Spec returns the embedder's identity.
func (r *remote) Spec() retrieval.EmbedderSpec { return r.spec }

// EmbedDocuments returns one vector of unit length per text, in the order of
// the texts.
func (r *remote) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, 0, len(texts))
	for batch := range slices.Chunk(texts, r.batch) {
		got, err := r.embed(ctx, r.profile.PassagePrompt, batch)
		if err != nil {
			return nil, fmt.Errorf("embed texts %d to %d of %d: %w",
				len(vectors)+1, len(vectors)+len(batch), len(texts), err)
		}
		vectors = append(vectors, got...)
	}
	return vectors, nil
}

// EmbedQuery returns the vector of the query, with unit length.
func (r *remote) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	got, err := r.embed(ctx, r.profile.QueryPrompt, []string{text})
	if err != nil {
		return nil, fmt.Errorf("embed a query: %w", err)
	}
	return got[0], nil
}

func (r *remote) embed(ctx context.Context, prompt string, texts []string) ([][]float32, error) {
	// A cancelled client may return nothing and no error.
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	prompted := make([]string, len(texts))
	for i, text := range texts {
		if prompted[i] = prompt + text; prompted[i] == "" {
			return nil, errors.New("a text is empty, and a server refuses that")
		}
	}
	got, err := r.ask(ctx, prompted)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(got) != len(texts) {
		return nil, fmt.Errorf("the server gave %d vectors for %d texts", len(got), len(texts))
	}
	vectors := make([][]float32, len(got))
	for i, v := range got {
		if len(v) == 0 || (r.spec.Dimensions > 0 && len(v) != r.spec.Dimensions) {
			return nil, fmt.Errorf("the server gave a vector of %d dimensions where %d were expected", len(v), r.spec.Dimensions)
		}
		vectors[i] = vec.Unit(v)
	}
	return vectors, nil
}
