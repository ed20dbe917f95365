package onnx

import (
	"context"
	"fmt"

	"selfrag/internal/onnx"
	"selfrag/internal/vec"
	"selfrag/retrieval"
)

// ColBERT provides the token vectors of a model trained for late interaction to
// the reranker of package late. It is safe for concurrent use.
type ColBERT struct{ *onnx.LateEncoder }

// Tokens returns the vectors of a passage, of unit length. They have no
// weights, because such a model has learned how much each token counts.
func (c *ColBERT) Tokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	vectors, err := c.TokenVectors(ctx, text)
	return retrieval.Tokens{Vectors: units(vectors)}, err
}

// QueryTokens returns the vectors of a query, of unit length.
func (c *ColBERT) QueryTokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	vectors, err := c.QueryVectors(ctx, text)
	return retrieval.Tokens{Vectors: units(vectors)}, err
}

// units scales vectors to unit length in place.
func units(vectors [][]float32) [][]float32 {
	for i, v := range vectors {
		vectors[i] = vec.Unit(v)
	}
	return vectors
}

// NewColBERT loads a model, given by its folder or by its name in the models
// folder of the cache, on a device.
func NewColBERT(model string, device DeviceConfig) (*ColBERT, error) {
	dir, err := modelDir(model)
	if err != nil {
		return nil, err
	}
	encoder, err := onnx.NewLateEncoder(onnx.LateEncoderConfig{Dir: dir, DeviceConfig: device, Remedy: remedy(model)})
	if err != nil {
		return nil, fmt.Errorf("start reranker %s: %w", model, err)
	}
	return &ColBERT{encoder}, nil
}

// remedy returns the advice for a missing model.
func remedy(model string) string {
	return fmt.Sprintf("run `selfrag models pull %s`, or give the folder of a model", model)
}
