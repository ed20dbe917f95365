package ollama_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/ollama"
)

// answering is a wire on which every request gets the same answer.
func answering(lines string) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		_, _ = io.Copy(io.Discard, req.Body)
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-ndjson"}},
			Body: io.NopCloser(strings.NewReader(lines)), Request: req,
		}, nil
	})
}

const fiftyTokens = 50

func tokens() string { return strings.Repeat(hello+"\n", fiftyTokens) + done + "\n" }

// TestACallTakesLittleMemory: a service has hundreds of calls under way.
func TestACallTakesLittleMemory(t *testing.T) {
	client := dial(t, ollama.Config{Transport: answering(tokens())})
	const calls = 100
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range calls {
		if _, err := client.Call(t.Context(), "Hello"); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / calls; each > 128<<10 {
		t.Errorf("a call of %d tokens took %d KB in all", fiftyTokens, each>>10)
	}
}

func BenchmarkCall(b *testing.B) {
	client, err := ollama.New(ollama.Config{Model: "m", Transport: answering(tokens())})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Call(b.Context(), "Hello"); err != nil {
			b.Fatal(err)
		}
	}
}

func TestLongLinesAreReadWhole(t *testing.T) {
	long := strings.Repeat("긴 ", 1<<20)
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		say(w, strings.Replace(hello, "Hel", long, 1), done)
	})
	if answer, err := client.Call(t.Context(), "Hello"); err != nil || answer != long+"lo" {
		t.Errorf("%d bytes, %v", len(answer), err)
	}
	client = newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(bytes.Repeat([]byte(" "), 9<<20))
	})
	if _, err := client.Call(t.Context(), "Hello"); err == nil {
		t.Error("a line without an end passed as an answer")
	}
}

func TestAnAnswerThatSpeaksOfErrorsIsNone(t *testing.T) {
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		say(w, `{"message":{"role":"assistant","content":"{\"error\":\"none\"} and \"error\""},"done":true}`)
	})
	if answer, err := client.Call(t.Context(), "Hello"); err != nil || answer != `{"error":"none"} and "error"` {
		t.Errorf("%q, %v", answer, err)
	}
}

// TestConnectionsAreUsedAgain: whatever a call ended in, unless it was cut off.
func TestConnectionsAreUsedAgain(t *testing.T) {
	var opened, asked atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if asked.Add(1)%2 == 0 {
			http.Error(w, `{"error":"no"}`, http.StatusInternalServerError)
			return
		}
		say(w, hello, done)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	client := dial(t, ollama.Config{Address: server.URL})
	t.Cleanup(server.Close)
	for i := range 10 {
		if _, err := client.Call(t.Context(), "Hello"); (err != nil) != (i%2 == 1) {
			t.Errorf("call %d: %v", i+1, err)
		}
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections for 10 calls", n)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var reached atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		client := newClient(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL+"/api/chat", status) })
		for name, call := range map[string]func() error{
			"chat": func() error { _, err := client.Call(t.Context(), "Hello"); return err },
			"stream": func() error {
				_, err := client.GenerateContent(t.Context(), human("Hello"), llms.WithStreamingFunc(func(context.Context, []byte) error { return nil }))
				return err
			},
			"embed":  func() error { _, err := client.EmbedQuery(t.Context(), "Hello"); return err },
			"models": func() error { _, err := client.Models(t.Context()); return err },
		} {
			if err := call(); err == nil || !strings.Contains(err.Error(), elsewhere.URL) {
				t.Errorf("%d, %s: %v", status, name, err)
			}
		}
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("the server that was pointed to got %d requests", n)
	}
}
