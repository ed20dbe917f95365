package main

import (
	"context"

	"selfrag/rerank/evidence"
	"selfrag/rerank/late"
	"selfrag/retrieval"
	"selfrag/retrieval/embed"
)

// keptTokens is a local embedder that keeps the token vectors of the passages
// read last: reranking and evidence read the same ones.
type keptTokens struct {
	*embed.ONNX
	kept *late.Kept
}

func keeping(e *embed.ONNX) (keptTokens, error) {
	kept, err := late.NewKept(e, late.KeptConfig{})
	return keptTokens{e, kept}, err
}

func (k keptTokens) Tokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	return k.kept.Tokens(ctx, text)
}

// findEvidence makes the finder of evidence over an embedder, which may be nil.
// The curves with an encoder are those of the default embedder; over another
// one, words alone say how likely a sentence answers.
func findEvidence(vectors embedder) *evidence.Finder {
	if tokens, ok := vectors.(keptTokens); ok && tokens.Spec().Model == defaultEmbedder() {
		return evidence.New(tokens, evidence.Config{})
	}
	return evidence.New(nil, evidence.Config{})
}
