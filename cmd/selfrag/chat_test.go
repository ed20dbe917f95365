package main

import (
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/internal/replay"
)

// TestChatScripts runs the scenarios of chat against the recorded traffic of
// a real model.
func TestChatScripts(t *testing.T) {
	transport, err := replay.Open(chatTraffic, nil)
	if err != nil {
		t.Fatal(err)
	}
	runScripts(t, "testdata/chat", "OLLAMA_HOST="+serveRecorded(t, transport, nil))
}

var chatTraffic = filepath.Join("testdata", "chat.jsonl.gz")

// recordedOllama returns the address of a server that replays the traffic of
// TestChatScripts, the only test that records. Programs in other processes can
// reach it. first, if not nil, sees each request before the server. It returns
// true if it has answered the request itself.
func recordedOllama(t *testing.T, first func(http.ResponseWriter, *http.Request) bool) string {
	t.Helper()
	transport, err := replay.OpenMode(chatTraffic, nil, replay.Replay)
	if err != nil {
		t.Fatal(err)
	}
	return serveRecorded(t, transport, first)
}

func serveRecorded(t *testing.T, transport *replay.Transport, first func(http.ResponseWriter, *http.Request) bool) string {
	t.Helper()
	t.Cleanup(func() {
		if err := transport.Close(); err != nil {
			t.Error(err)
		}
	})
	real, err := url.Parse("http://" + strings.TrimPrefix(cmp.Or(os.Getenv("OLLAMA_HOST"), "127.0.0.1:11434"), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if first != nil && first(w, r) {
			return
		}
		out := r.Clone(r.Context())
		out.RequestURI, out.Host = "", ""
		out.URL.Scheme, out.URL.Host = real.Scheme, real.Host
		resp, err := transport.RoundTrip(out)
		if err != nil {
			t.Errorf("%s: %v", r.URL.Path, err)
			http.Error(w, err.Error(), http.StatusTeapot)
			return
		}
		defer resp.Body.Close()
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(flushing{w}, resp.Body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// flushing sends each chunk at once, as the server of a model does.
type flushing struct{ w http.ResponseWriter }

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if flusher, ok := f.w.(http.Flusher); ok {
		flusher.Flush()
	}
	return n, err
}
