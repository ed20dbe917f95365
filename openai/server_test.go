package openai_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/openai"
)

// server answers the n-th request, from 1, and keeps the bodies of all.
type server struct {
	mu     sync.Mutex
	bodies []map[string]any
	answer func(n int, w http.ResponseWriter, r *http.Request)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var body map[string]any
	_ = json.Unmarshal(raw, &body)
	s.mu.Lock()
	s.bodies = append(s.bodies, body)
	n := len(s.bodies)
	s.mu.Unlock()
	s.answer(n, w, r)
}

func (s *server) asked() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies)
}

func start(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) (*openai.Client, *server) {
	t.Helper()
	s := &server{answer: answer}
	hs := httptest.NewServer(s)
	t.Cleanup(hs.Close)
	return dial(t, openai.Config{Address: hs.URL}), s
}

func dial(t *testing.T, cfg openai.Config) *openai.Client {
	t.Helper()
	cfg.Model, cfg.Key, cfg.Backoff = "m", key, time.Millisecond
	c, err := openai.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func send(status int, body string) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func events(lines ...string) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		for _, l := range lines {
			fmt.Fprintf(w, "data: %s\n\n", l)
			w.(http.Flusher).Flush()
		}
	}
}

func human(text string) []llms.MessageContent {
	return []llms.MessageContent{llms.TextParts(llms.ChatMessageTypeHuman, text)}
}

const whole = `{"id":"1","object":"chat.completion","model":"m-2026","choices":[{"index":0,"message":{"role":"assistant",
"content":"답 [1].","reasoning_content":"Let me see."},"finish_reason":"stop","logprobs":null}],
"usage":{"prompt_tokens":40,"completion_tokens":7,"total_tokens":47,"prompt_tokens_details":{"cached_tokens":32},
"completion_tokens_details":{"reasoning_tokens":4}}}`

// equalJSON reports whether two values are equal as JSON.
func equalJSON(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}
