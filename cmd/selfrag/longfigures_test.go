//go:build onnx && integration && figures

package main

import (
	"testing"

	"selfrag/eval"
)

// TestLongFigures measures on data sets that take minutes to embed.
func TestLongFigures(t *testing.T) {
	holdFigures(t, []figure{
		{"autorag-ko", "hybrid", "auto", "none", eval.RetrievalScores{NDCG10: 0.93}},
		{"autorag-ko", "hybrid", "auto", "auto", eval.RetrievalScores{NDCG10: 0.935}},
		{"autorag-ko", "hybrid", "onnx/all-minilm-l6-v2", "none", eval.RetrievalScores{NDCG10: 0.92}},
	})
}
