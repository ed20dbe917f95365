package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/server"
	"selfrag/serve/keys"
)

// TestServedTurnsAreLabelled checks that the trace of each question has its
// asker, session and tenant.
func TestServedTurnsAreLabelled(t *testing.T) {
	traces := filepath.Join(t.TempDir(), "traces.jsonl")
	a := newServedAppWith(t, newBridgeModel(t), func(s *config.Settings) {
		s.Strategy, s.Tracing.File, s.Tracing.User = "two-stage", traces, "nobody"
	}, "harbour")
	const question = "How many lanes has the bridge?"
	// asks starts a new server for each question, so that its traces are
	// written at the end.
	asks := func(ask func(s *liveServer)) string {
		t.Helper()
		if err := os.Remove(traces); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		s := startServer(t, a)
		ask(s)
		s.stop()
		if err := <-s.done; err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(traces)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	has := func(key, text string) string { return `{"key":"` + key + `","value":{"stringValue":"` + text + `"}}` }

	text := asks(func(s *liveServer) {
		s.askFor("", `"user":"kim@example.org","session":"leave"`)
		s.askFor("", "")
	})
	says(t, text, has("user.id", "kim@example.org"), has("session.id", "leave"), has("selfrag.trace.name", "ask"), has("user.id", "nobody"))
	text = asks(func(s *liveServer) {
		if resp, body := s.call("POST", "/v1/chat/completions", "", `{"model":"default/notes","user":"u-7","messages":[{"role":"user","content":"`+question+`"}]}`); resp.StatusCode != 200 {
			t.Fatal(body)
		}
	})
	says(t, text, has("user.id", "u-7"), has("selfrag.trace.name", "chat"))
	if strings.Contains(text, "session.id") || strings.Contains(text, "metadata.tenant") || strings.Contains(text, "metadata.arm") {
		t.Errorf("there is no session, tenant or arm: %s", text)
	}
	var key string
	text = asks(func(s *liveServer) {
		key = s.key(keys.Key{Tenant: "harbour"})
		s.askFor(key, `"session":"leave"`)
		mcp := mustConnectMCP(t, overHTTP(s, key), "")
		if _, say := mcp.call("ask", map[string]any{"question": question, "session": "port"}); say != "" {
			t.Errorf("MCP says %s", say)
		}
	})
	parts := strings.SplitN(key, "_", 3) // a secret may have underscores, too
	says(t, text, has("user.id", parts[1]), has("session.id", "harbour/leave"), has("session.id", "harbour/port"), has("selfrag.trace.metadata.tenant", "harbour"), has("selfrag.trace.name", "mcp"))
	if strings.Contains(text, parts[2]) {
		t.Error("the secret of a key is in a trace")
	}
}

// TestServedQueuesAreCounted checks that the metrics have the lengths and the
// drops of the queues.
func TestServedQueuesAreCounted(t *testing.T) {
	traced := newServedAppWith(t, newBridgeModel(t), func(s *config.Settings) { s.Tracing.File = filepath.Join(t.TempDir(), "traces.jsonl") })
	s := startServer(t, traced)
	_, counted := s.call("GET", "/metrics", "", "")
	says(t, counted, `selfrag_queue_length{queue="traces"} 0`, `selfrag_queue_dropped_total{queue="traces"} 0`, `selfrag_queue_length{queue="requests"} 0`,
		`selfrag_queue_dropped_total{queue="requests"} 0`, `selfrag_queue_length{queue="uploads"} 0`)
	_, counted = startServerWith(t, newServedApp(t, newBridgeModel(t)), func(ctx context.Context, a *app) error { return server.HTTP(ctx, a.server(), true) }).call("GET", "/metrics", "", "")
	if strings.Contains(counted, `queue="uploads"`) {
		t.Errorf("nothing is taken in, and there is a queue of uploads:\n%s", counted)
	}
}
