//go:build onnx && integration && figures

package main

import (
	"testing"

	"selfrag/eval"
)

// TestLongFigures measures what takes minutes to embed. openai/e5 is the
// server of scripts/e5-serve.
func TestLongFigures(t *testing.T) {
	holdFigures(t, []figure{
		{"autorag-ko", "hybrid", "openai/e5", eval.RetrievalScores{NDCG10: 0.93}},
		{"autorag-ko", "hybrid", "onnx/all-minilm-l6-v2", eval.RetrievalScores{NDCG10: 0.92}},
	})
}
