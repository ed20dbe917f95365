package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// scriptedModel speaks Ollama's protocol and answers every question in the same
// way: the tests are about how answers are measured. It answers Yes to every
// grading question except the one about support, to which it gives no valid
// answer.
type scriptedModel struct {
	*httptest.Server

	drafts   atomic.Int64
	requests atomic.Int64 // number of requests for an answer of any kind

	mu     sync.Mutex
	each   func(request int) (after func())
	before func(draft int)
}

// onRequest sets a function to call before each request is answered. The
// function returns what to do afterwards. nil removes it.
func (m *scriptedModel) onRequest(each func(request int) (after func())) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.each = each
}

// onDraft sets a function to call before each draft is answered. nil removes
// it.
func (m *scriptedModel) onDraft(before func(draft int)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before = before
}

func newScriptedModel(t testing.TB) *scriptedModel {
	t.Helper()
	m := &scriptedModel{}
	m.Server = scriptedOllama(t, m.chat)
	return m
}

// scriptedOllama starts a server of Ollama's protocol with one model,
// scripted:1, whose answers come from chat.
func scriptedOllama(t testing.TB, chat http.HandlerFunc) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/tags", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"models":[{"name":"scripted:1","model":"scripted:1","size":1,"details":{"family":"qwen2"}}]}`)
	})
	mux.HandleFunc("POST /api/chat", chat)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
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
	n := int(m.requests.Add(1))
	m.mu.Lock()
	each, before := m.each, m.before
	m.mu.Unlock()
	if each != nil {
		defer each(n)()
	}
	message := map[string]any{"role": "assistant"}
	answer := map[string]any{"message": message, "done": true, "done_reason": "stop", "prompt_eval_count": 50, "eval_count": 5}
	system := req.Messages[0].Content
	switch {
	case req.Logprobs:
		word := "Yes"
		if strings.Contains(system, "Yes, Partly or No") {
			word = "Perhaps"
		}
		message["content"] = word
		answer["logprobs"] = []any{map[string]any{"token": word, "logprob": -0.1, "top_logprobs": []any{map[string]any{"token": word, "logprob": -0.1}}}}
	case strings.Contains(system, "shortest phrase"):
		message["content"] = "two lanes"
	case strings.Contains(system, "numbered passages"):
		draft := int(m.drafts.Add(1))
		if before != nil {
			before(draft)
		}
		message["content"] = "The bridge has two lanes [1]."
	default:
		message["content"] = "bridge lanes"
	}
	_ = json.NewEncoder(w).Encode(answer)
	_ = http.NewResponseController(w).Flush()
}
