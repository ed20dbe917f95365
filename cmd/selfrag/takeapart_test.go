package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"selfrag/eval"
)

// TestTakeApartTellsTheTimeOfSearch uses a model that takes every question
// apart. The look-ups of a plan count as search; the calls of the model do not.
func TestTakeApartTellsTheTimeOfSearch(t *testing.T) {
	var plans atomic.Int64
	server := scriptedOllama(t, func(w http.ResponseWriter, r *http.Request) {
		var req struct {
			Messages []struct{ Content string }
			Logprobs bool
		}
		if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		message := map[string]any{"role": "assistant", "content": "bridge lanes"}
		answer := map[string]any{"message": message, "done": true, "done_reason": "stop", "prompt_eval_count": 50, "eval_count": 5}
		switch {
		case req.Logprobs:
			message["content"] = "Several"
			answer["logprobs"] = []any{map[string]any{"token": "Several", "logprob": -0.1, "top_logprobs": []any{map[string]any{"token": "Several", "logprob": -0.1}}}}
		case strings.Contains(req.Messages[0].Content, "take a question apart"):
			plans.Add(1)
			message["content"] = "A = the bridge over the river\nB = the lanes of A"
		}
		_ = json.NewEncoder(w).Encode(answer)
	})
	stdout, _ := command(t, exitDone, "eval", "retrieval", "--data", chainData(t, 3), "--embedder", "none", "--rerank", "none", "--take-apart",
		"--model", "scripted:1", "--ollama-address", server.URL, "--json")
	var scores eval.RetrievalScores
	if err := json.Unmarshal([]byte(stdout), &scores); err != nil {
		t.Fatal(err)
	}
	if plans.Load() != 3 {
		t.Fatalf("%d questions were taken apart, want 3", plans.Load())
	}
	p := scores.Performance
	if p.Search <= 0 || p.Search >= p.Total || p.P50.Search <= 0 {
		t.Errorf("the times are %+v", p)
	}
}
