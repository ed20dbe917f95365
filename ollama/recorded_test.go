package ollama_test

import (
	"net/http"
	"testing"

	"selfrag/internal/replay"
	"selfrag/ollama"
)

// TestRecorded runs the scenarios on answers of a real Ollama 0.17.4; see package replay for how to record them anew.
func TestRecorded(t *testing.T) {
	server := &http.Transport{}
	transport, err := replay.Open("testdata/qwen2.5-coder-0.5b.jsonl", server)
	if err != nil {
		t.Fatal(err)
	}
	client := dial(t, ollama.Config{Transport: transport})
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) { s.run(t, client) })
	}
	server.CloseIdleConnections()
	if err := transport.Close(); err != nil {
		t.Error(err)
	}
}
