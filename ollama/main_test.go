package ollama_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"
	"go.uber.org/goleak"

	"selfrag/ollama"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newClient talks to a handler in place of Ollama. It waits next to nothing before it repeats a request.
func newClient(t *testing.T, handler http.HandlerFunc) *ollama.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	client := dial(t, ollama.Config{Address: server.URL})
	t.Cleanup(server.Close)
	return client
}

func dial(t *testing.T, cfg ollama.Config) *ollama.Client {
	t.Helper()
	if cfg.Model == "" {
		cfg.Model = "qwen2.5-coder:0.5b"
	}
	if cfg.EmbedModel == "" {
		cfg.EmbedModel = "qwen2.5-coder:0.5b"
	}
	if cfg.Backoff == 0 {
		cfg.Backoff = time.Millisecond
	}
	client, err := ollama.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// reading reads the request before it answers: only then does net/http notice that a client has gone.
func reading(handler func(w http.ResponseWriter, r *http.Request, body []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		handler(w, r, body)
	}
}

// say writes lines of a streamed answer and sends them off.
func say(w http.ResponseWriter, lines ...string) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	for _, line := range lines {
		_, _ = io.WriteString(w, line+"\n")
	}
	w.(http.Flusher).Flush()
}

const (
	hello = `{"message":{"role":"assistant","content":"Hel"},"done":false}`
	done  = `{"message":{"role":"assistant","content":"lo"},"done":true,"done_reason":"stop","prompt_eval_count":7,"eval_count":3,"prompt_eval_duration":5}`
)

func human(text string) []llms.MessageContent {
	return []llms.MessageContent{llms.TextParts(llms.ChatMessageTypeHuman, text)}
}

func object(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatalf("not a JSON object: %v\n%s", err, body)
	}
	return m
}
