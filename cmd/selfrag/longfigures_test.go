//go:build onnx && integration && figures

package main

import (
	"testing"

	"selfrag/eval"
)

// TestLongFigures measures what takes minutes to embed.
func TestLongFigures(t *testing.T) {
	holdFigures(t, []figure{
		{"autorag-ko", "hybrid", "onnx/multilingual-e5-small", eval.RetrievalScores{NDCG10: 0.93}},
		{"autorag-ko", "hybrid", "onnx/all-minilm-l6-v2", eval.RetrievalScores{NDCG10: 0.92}},
	})
}
