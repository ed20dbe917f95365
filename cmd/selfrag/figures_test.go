//go:build onnx && integration

package main

import (
	"path/filepath"
	"testing"

	"selfrag/eval"
)

// figure is the least score that search must reach on a data set.
type figure struct {
	data, mode, embedder, rerank string
	least                        eval.RetrievalScores
}

// TestRealRetrieval measures search. Hybrid search and its reranker have the
// same settings on all data sets.
func TestRealRetrieval(t *testing.T) {
	holdFigures(t, []figure{
		{"autorag-ko", "lexical", "none", "none", eval.RetrievalScores{NDCG10: 0.93}},
		{"musique-100", "dense", "onnx/all-minilm-l6-v2", "none", eval.RetrievalScores{Recall5: 0.615}},
		{"musique-100", "hybrid", "auto", "auto", eval.RetrievalScores{Recall5: 0.63, Recall10: 0.72}},
	})
}

// holdFigures measures with the commands ingest and search --batch.
func holdFigures(t *testing.T, figures []figure) {
	t.Helper()
	for _, tc := range figures {
		t.Run(tc.data+" "+tc.mode+" "+tc.embedder+" "+tc.rerank, func(t *testing.T) {
			data, err := eval.Load(filepath.Join(dataDir(t), tc.data))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if code, _, stderr := selfrag(t, dir, "ingest", data.Corpus, "--split", "none", "--embedder", tc.embedder); code != exitDone {
				t.Fatalf("ingest: exit code %d: %s", code, stderr)
			}
			code, stdout, stderr := selfrag(t, dir, "search", "--batch", filepath.Join(filepath.Dir(data.Corpus), "queries.jsonl"),
				"--rerank", tc.rerank, "--k2", "10", "--mode", tc.mode)
			if code != exitDone {
				t.Fatalf("search: exit code %d: %s", code, stderr)
			}
			got, err := eval.Retrieval(t.Context(), data, readRankings(t, stdout).search, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("nDCG@10 %.4f, recall@5 %.4f, recall@10 %.4f\n%s", got.NDCG10, got.Recall5, got.Recall10, stderr)
			// The last digit of a mean of fractions is not exact.
			const rounding = 1e-9
			least := tc.least
			if got.NDCG10 < least.NDCG10-rounding || got.Recall5 < least.Recall5-rounding || got.Recall10 < least.Recall10-rounding {
				t.Errorf("got %+v, want at least %+v", got, least)
			}
		})
	}
}
