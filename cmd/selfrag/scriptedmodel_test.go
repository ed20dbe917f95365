package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// scriptedModel speaks Ollama's protocol and answers every question alike:
// what is measured here is how answers are measured. It says Yes to every
// grade.
type scriptedModel struct {
	*httptest.Server

	mu       sync.Mutex
	drafts   int
	requests int // for an answer of any kind
	// each, which may be nil, is called before each request is answered, and
	// returns what to do after.
	each func(request int) (after func())
	// before, which may be nil, is called before each draft is answered.
	before func(draft int)
}

func newScriptedModel(t testing.TB) *scriptedModel {
	t.Helper()
	m := &scriptedModel{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/tags", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"models":[{"name":"scripted:1","model":"scripted:1","size":1,"details":{"family":"qwen2"}}]}`)
	})
	mux.HandleFunc("POST /api/chat", m.chat)
	m.Server = httptest.NewServer(mux)
	t.Cleanup(m.Close)
	return m
}

func (m *scriptedModel) chat(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Messages []struct{ Content string }
		Logprobs bool
	}
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	m.requests++
	each, n := m.each, m.requests
	m.mu.Unlock()
	if each != nil {
		defer each(n)()
	}
	message := map[string]any{"role": "assistant"}
	answer := map[string]any{"message": message, "done": true, "done_reason": "stop", "prompt_eval_count": 50, "eval_count": 5}
	system := req.Messages[0].Content
	switch {
	case req.Logprobs:
		message["content"] = "Yes"
		answer["logprobs"] = []any{map[string]any{"token": "Yes", "logprob": -0.1, "top_logprobs": []any{map[string]any{"token": "Yes", "logprob": -0.1}}}}
	case strings.Contains(system, "shortest phrase"):
		message["content"] = "two lanes"
	case strings.Contains(system, "numbered passages"):
		m.mu.Lock()
		m.drafts++
		draft := m.drafts
		m.mu.Unlock()
		if m.before != nil {
			m.before(draft)
		}
		message["content"] = "The bridge has two lanes [1]."
	default:
		message["content"] = "bridge lanes"
	}
	_ = json.NewEncoder(w).Encode(answer)
	_ = http.NewResponseController(w).Flush()
}
