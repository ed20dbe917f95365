//go:build onnx && unix

package onnx

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"selfrag/internal/processtest"
	"selfrag/retrieval"
)

// TestWorkload times our side of scripts/bench-rerank. It reranks each request
// of the file in SELFRAG_BENCH_WORKLOAD, after one to warm up, and prints a
// JSON line with the wall-clock and processor seconds of each. Without the
// variable it reranks a request of its own, so that the code is run.
func TestWorkload(t *testing.T) {
	requests := []struct {
		Query    string
		Passages []string
	}{{"passwords", []string{"Passwords have 14 characters.", "육아휴직은 90일입니다."}}}
	path := os.Getenv("SELFRAG_BENCH_WORKLOAD")
	if path != "" {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		requests = nil
		if err := json.Unmarshal(raw, &requests); err != nil {
			t.Fatal(err)
		}
	}
	for name, cfg := range map[string]Config{
		"selfrag fp32":      {},
		"selfrag int8":      {Int8: true},
		"selfrag fp32 file": {File: "model.onnx"},
		"selfrag int8 file": {File: "model_int8.onnx"},
	} {
		cfg.Model, cfg.MaxTokens, cfg.Device = fixture(t, "minilm-l6"), 256, CPU
		r, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		var seconds, processor []float64
		for i, request := range append(requests[:1:1], requests...) {
			passages := make([]retrieval.Passage, len(request.Passages))
			for j, text := range request.Passages {
				passages[j] = retrieval.Passage{ID: fmt.Sprint(j), Text: text}
			}
			begin, used := time.Now(), processtest.ProcessorTime(t)
			ranked, err := r.Rerank(t.Context(), request.Query, passages)
			if err != nil || len(ranked) != len(passages) {
				t.Fatalf("request %d: %d passages, %v", i, len(ranked), err)
			}
			if i > 0 {
				seconds = append(seconds, time.Since(begin).Seconds())
				processor = append(processor, (processtest.ProcessorTime(t) - used).Seconds())
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if path != "" {
			line, err := json.Marshal(map[string]any{"name": name, "seconds": seconds, "processor": processor})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println(string(line))
		}
	}
}
