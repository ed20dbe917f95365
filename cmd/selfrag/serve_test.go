package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/server"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/serve/keys"
)

// liveServer is `selfrag serve` in this process.
type liveServer struct {
	t    testing.TB
	app  *app
	url  string
	stop context.CancelFunc
	done chan error
	log  *lockedBuffer
	// contract, if not nil, checks every answer.
	contract *contract
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// with returns the app under other settings.
func (a *app) with(s config.Settings) *app {
	own := *a
	own.settings = s
	return &own
}

// newServedApp returns an app over a scripted model and a data folder of its
// own. Collection "notes" of each tenant has one document, about a bridge.
func newServedApp(t testing.TB, model *bridgeModel, tenants ...string) *app {
	t.Helper()
	return newServedAppWith(t, model, func(*config.Settings) {}, tenants...)
}

// newServedAppWith is like newServedApp with other settings, such as another
// store.
func newServedAppWith(t testing.TB, model *bridgeModel, change func(*config.Settings), tenants ...string) *app {
	t.Helper()
	dir := t.TempDir()
	a := &app{Streams: term.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}, getenv: func(string) string { return "" }}
	a.settings = config.Default(a.getenv)
	a.settings.DataDir = filepath.Join(dir, "data")
	a.settings.Collection = "notes"
	a.settings.Embedder = "none"
	a.settings.OllamaAddress = model.URL
	a.settings.Listen = "127.0.0.1:0"
	a.settings.Rate = -1
	change(&a.settings)
	docs := filepath.Join(dir, "docs")
	if err := os.MkdirAll(docs, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tenant := range append([]string{""}, tenants...) {
		text := "# The bridge of " + tenant + "\n\nThe bridge has two lanes. 다리에는 차로가 두 개 있습니다.\n"
		file := filepath.Join(docs, "bridge"+tenant+".md")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := a.settings
		s.Tenant = tenant
		if err := runIngest(t.Context(), a.with(s), wire.Ingestion{Paths: []string{file}}); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// startServer starts a server that runs until the test ends.
func startServer(t testing.TB, a *app) *liveServer {
	t.Helper()
	return startServerWith(t, a, func(ctx context.Context, a *app) error { return server.HTTP(ctx, a.server(), false) })
}

func startServerWith(t testing.TB, a *app, run func(context.Context, *app) error) *liveServer {
	t.Helper()
	log := &lockedBuffer{}
	reader, writer := io.Pipe()
	s := &liveServer{t: t, app: a, done: make(chan error, 1), log: log}
	own := a.with(a.settings)
	own.Err = io.MultiWriter(log, writer)
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	address := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(reader)
		for lines.Scan() {
			var line struct{ Msg, Address string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				address <- line.Address
			}
		}
	}()
	go func() {
		err := run(ctx, own)
		_ = writer.Close()
		s.done <- err
		close(s.done)
	}()
	select {
	case s.url = <-address:
	case err := <-s.done:
		t.Fatalf("serve ended: %v\n%s", err, log)
	case <-time.After(30 * time.Second):
		t.Fatalf("serve did not start:\n%s", log)
	}
	t.Cleanup(func() {
		s.stop()
		<-s.done
	})
	return s
}

// key creates a key for the server.
func (s *liveServer) key(k keys.Key) string {
	s.t.Helper()
	text, _, err := keys.In(s.app.settings.KeysDir()).Create(k)
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

// call sends a request and returns the response and its body.
func (s *liveServer) call(method, path, key, body string) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return s.do(req, key)
}

// do sends a request and checks the response against the contract.
func (s *liveServer) do(req *http.Request, key string) (*http.Response, string) {
	s.t.Helper()
	method, path := req.Method, req.URL.Path
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	if s.contract != nil && strings.Contains(path, "/v1/") {
		s.contract.check(req, resp)
	}
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return resp, string(content)
}

func TestServeAnswersChatCompletions(t *testing.T) {
	s := startServer(t, newServedApp(t, newBridgeModel(t)))
	resp, body := s.call("GET", "/v1/models", "", "")
	if resp.StatusCode != 200 || !strings.Contains(body, `"self-rag/notes"`) {
		t.Fatalf("models: %d %s", resp.StatusCode, body)
	}
	resp, body = s.call("POST", "/v1/chat/completions", "", `{"model":"self-rag/notes","messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`)
	if resp.StatusCode != 200 || !strings.Contains(body, "The bridge has two lanes. [1]") || !strings.Contains(body, `"url_citation"`) {
		t.Fatalf("chat: %d %s\n%s", resp.StatusCode, body, s.log)
	}
	resp, body = s.call("POST", "/v1/chat/completions", "", `{"model":"two-stage/notes","stream":true,"messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`)
	if resp.StatusCode != 200 || !strings.HasSuffix(body, "data: [DONE]\n\n") {
		t.Fatalf("stream: %d %s\n%s", resp.StatusCode, body, s.log)
	}
}
