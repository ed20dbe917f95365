package main

import (
	"context"

	"selfrag/retrieval"
)

// borrowEmbedder is openEmbedder, but where the app shares embedders, opening
// one a second time returns the first: local models take memory. It is closed
// by whoever opened it first.
func (a *app) borrowEmbedder(ctx context.Context, name string, record *retrieval.EmbedderSpec) (embedder, func(), error) {
	if a.embedders == nil {
		return a.openEmbedder(ctx, name, record)
	}
	if e, ok := a.embedders[name]; ok {
		return e, func() {}, nil
	}
	e, closing, err := a.openEmbedder(ctx, name, record)
	if err == nil {
		a.embedders[name] = e
	}
	return e, closing, err
}
