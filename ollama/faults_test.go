package ollama_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/ollama"
)

// promptly is a generous bound for what should take no time: the machine may be busy.
const promptly = time.Second

func TestRefusedConnectionNamesAddressAndRemedy(t *testing.T) {
	address := unusedAddress(t)
	client := dial(t, ollama.Config{Address: address})
	calls := map[string]func() error{
		"ping":       func() error { return client.Ping(t.Context()) },
		"version":    func() error { _, err := client.Version(t.Context()); return err },
		"models":     func() error { _, err := client.Models(t.Context()); return err },
		"chat":       func() error { _, err := client.Call(t.Context(), "Hello"); return err },
		"embed":      func() error { _, err := client.EmbedQuery(t.Context(), "Hello"); return err },
		"next token": func() error { _, _, err := client.NextToken(t.Context(), human("Hello")); return err },
		"bare text":  func() error { _, _, err := client.NextTokenAfter(t.Context(), "Hello"); return err },
		"prefill":    func() error { _, err := client.ContinuesPrefill(t.Context(), ""); return err },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			err := call()
			var unreachable *ollama.UnreachableError
			if !errors.As(err, &unreachable) {
				t.Fatalf("want an UnreachableError, got %v", err)
			}
			if unreachable.Address != "http://"+address {
				t.Errorf("address %q", unreachable.Address)
			}
			for _, part := range []string{"cannot reach Ollama at http://" + address, "connection refused", "`ollama serve`"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q lacks %q", err, part)
				}
			}
		})
	}
}

func TestLostConnectionIsUnreachable(t *testing.T) {
	// What net/http says when a server goes away between two requests has no type of its own.
	lost := errors.New("http: server closed idle connection")
	var asked http.Header
	client := dial(t, ollama.Config{Address: "127.0.0.1:1", Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		asked = req.Header
		return nil, lost
	})})
	_, err := client.Call(t.Context(), "Hello")
	var unreachable *ollama.UnreachableError
	if !errors.As(err, &unreachable) || !errors.Is(err, lost) {
		t.Errorf("got %v", err)
	}
	if key, ok := asked["Idempotency-Key"]; !ok || len(key) > 0 {
		t.Errorf("net/http is not told, or the server is, that the request may be sent again: %q, %v", key, ok)
	}
}

func TestSilentServerIsBoundedByTheContext(t *testing.T) {
	client := newClient(t, reading(func(_ http.ResponseWriter, r *http.Request, _ []byte) { <-r.Context().Done() }))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := client.Call(ctx, "Hello")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("want a deadline error, got %v", err)
	}
	if took := time.Since(start); took > promptly {
		t.Errorf("took %s", took)
	}
}

func TestCancelAmidAStreamReturnsAtOnce(t *testing.T) {
	gone := make(chan struct{})
	client := newClient(t, reading(func(w http.ResponseWriter, r *http.Request, _ []byte) {
		say(w, hello)
		<-r.Context().Done()
		close(gone)
	}))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var cancelled time.Time
	resp, err := client.GenerateContent(ctx, human("Hello"), llms.WithStreamingFunc(func(context.Context, []byte) error {
		cancelled = time.Now()
		cancel()
		return nil
	}))
	if took := time.Since(cancelled); took > promptly {
		t.Errorf("returned %s after the cancel", took)
	}
	if !errors.Is(err, context.Canceled) || resp != nil {
		t.Errorf("want no response and a cancel error, got %v, %v", resp, err)
	}
	<-gone
}

func TestStreamingFuncStopsTheAnswer(t *testing.T) {
	gone := make(chan struct{})
	client := newClient(t, reading(func(w http.ResponseWriter, r *http.Request, _ []byte) {
		say(w, hello)
		<-r.Context().Done()
		close(gone)
	}))
	enough := errors.New("enough")
	resp, err := client.GenerateContent(t.Context(), human("Hello"), llms.WithStreamingFunc(func(context.Context, []byte) error { return enough }))
	if !errors.Is(err, enough) || resp != nil {
		t.Errorf("want no response and the function's error, got %v, %v", resp, err)
	}
	<-gone
}

func TestAnswerBrokenOff(t *testing.T) {
	ignore := llms.WithStreamingFunc(func(context.Context, []byte) error { return nil })

	t.Run("connection lost", func(t *testing.T) {
		client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
			say(w, hello)
			panic(http.ErrAbortHandler)
		})
		resp, err := client.GenerateContent(t.Context(), human("Hello"), ignore)
		var unreachable *ollama.UnreachableError
		if !errors.Is(err, ollama.ErrUnfinished) || !errors.As(err, &unreachable) || resp != nil {
			t.Errorf("got %v, %v", resp, err)
		}
	})

	t.Run("server gives up on a repeating model", func(t *testing.T) {
		for _, options := range [][]llms.CallOption{nil, {ignore}} {
			client := newClient(t, func(w http.ResponseWriter, _ *http.Request) { say(w, hello) })
			resp, err := client.GenerateContent(t.Context(), human("Hello"), options...)
			var unreachable *ollama.UnreachableError
			if !errors.Is(err, ollama.ErrUnfinished) || errors.As(err, &unreachable) || resp != nil {
				t.Errorf("got %v, %v", resp, err)
			}
			if part := (*ollama.GaveUpError)(nil); !errors.As(err, &part) || part.Written() != "Hel" {
				t.Errorf("what was written is lost: %v", err)
			}
		}
	})

	t.Run("runner crashes", func(t *testing.T) {
		client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
			say(w, hello, `{"error":"an error was encountered while running the model: CUDA error"}`)
		})
		_, err := client.GenerateContent(t.Context(), human("Hello"), ignore)
		var failed *ollama.ServerError
		if !errors.As(err, &failed) || !strings.Contains(failed.Message, "CUDA error") {
			t.Errorf("got %v", err)
		}
	})
}

func TestServerErrors(t *testing.T) {
	tests := map[string]struct {
		status int
		body   string
		want   string
	}{
		"reason given": {500, `{"error":"model runner has unexpectedly stopped"}`, "500 Internal Server Error: model runner has unexpectedly stopped"},
		"no body":      {502, ``, "502 Bad Gateway: no reason given"},
		"plain text":   {500, "out of cheese", "out of cheese"},
		"unauthorized": {401, `{"error":"unauthorized"}`, "401 Unauthorized"},
		"no such page": {404, "404 page not found", "404 Not Found: 404 page not found"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
			_, err := client.Call(t.Context(), "Hello")
			var failed *ollama.ServerError
			if !errors.As(err, &failed) || failed.Status != test.status || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
			if asked.Load() != 1 {
				t.Errorf("asked %d times: the server had begun to work", asked.Load())
			}
		})
	}
}

func TestSomethingElseAtTheAddress(t *testing.T) {
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>"+strings.Repeat("<p>Welcome to the router</p>\n", 100))
	})
	calls := map[string]func() error{
		"chat":   func() error { _, err := client.Call(t.Context(), "Hello"); return err },
		"embed":  func() error { _, err := client.EmbedQuery(t.Context(), "Hello"); return err },
		"models": func() error { _, err := client.Models(t.Context()); return err },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			err := call()
			var failed *ollama.ServerError
			if !errors.As(err, &failed) || !strings.Contains(err.Error(), "a server other than Ollama") || len(err.Error()) > 600 {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestGarbledAnswer(t *testing.T) {
	for _, line := range []string{`{"message":`, `{"message":"not an object"}`, `[]`} {
		client := newClient(t, func(w http.ResponseWriter, _ *http.Request) { say(w, line) })
		if answer, err := client.Call(t.Context(), "Hello"); err == nil {
			t.Errorf("%s passed as the answer %q", line, answer)
		}
	}
}

func TestBusyServerIsAskedAgain(t *testing.T) {
	busy := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`)
	}

	t.Run("until it has time", func(t *testing.T) {
		var asked atomic.Int32
		client := newClient(t, reading(func(w http.ResponseWriter, _ *http.Request, body []byte) {
			if !strings.Contains(string(body), "Hello") {
				t.Errorf("request %d lost its body: %q", asked.Load(), body)
			}
			if asked.Add(1) < 4 {
				busy(w)
				return
			}
			say(w, hello, done)
		}))
		if answer, err := client.Call(t.Context(), "Hello"); err != nil || answer != "Hello" {
			t.Errorf("got %q, %v", answer, err)
		}
	})

	t.Run("but not for ever", func(t *testing.T) {
		var asked atomic.Int32
		client := newClient(t, func(w http.ResponseWriter, _ *http.Request) { asked.Add(1); busy(w) })
		_, err := client.Call(t.Context(), "Hello")
		var failed *ollama.ServerError
		if !errors.As(err, &failed) || failed.Status != http.StatusServiceUnavailable || asked.Load() != 4 {
			t.Errorf("asked %d times, got %v", asked.Load(), err)
		}
	})
}

func TestRestartingServer(t *testing.T) {
	t.Run("drops connections at first", func(t *testing.T) {
		var asked atomic.Int32
		client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1) < 3 {
				panic(http.ErrAbortHandler)
			}
			say(w, hello, done)
		})
		if answer, err := client.Call(t.Context(), "Hello"); err != nil || answer != "Hello" {
			t.Errorf("got %q, %v", answer, err)
		}
	})

	t.Run("refuses connections at first", func(t *testing.T) {
		address := unusedAddress(t)
		server := &httptest.Server{Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			say(w, hello, done)
		})}}
		transport := &http.Transport{}
		var asked int
		client := dial(t, ollama.Config{Address: address, Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
			if asked++; asked == 3 {
				listener, err := net.Listen("tcp", address)
				if err != nil {
					t.Error(err)
					return nil, err
				}
				server.Listener = listener
				server.Start()
			}
			return transport.RoundTrip(req)
		})})
		answer, err := client.Call(t.Context(), "Hello")
		transport.CloseIdleConnections()
		if err != nil || answer != "Hello" {
			t.Fatalf("got %q, %v", answer, err)
		}
		server.Close()
	})
}

func TestRetriesCanBeTurnedOff(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked.Add(1)
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	client := dial(t, ollama.Config{Address: server.URL, Retries: -1})
	if _, err := client.Call(t.Context(), "Hello"); err == nil || asked.Load() != 1 {
		t.Errorf("asked %d times, got %v", asked.Load(), err)
	}
}

func TestContextEndsTheWaitBetweenRetries(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	address := unusedAddress(t)
	transport := &http.Transport{}
	client := dial(t, ollama.Config{Address: address, Backoff: time.Hour, Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		resp, err := transport.RoundTrip(req)
		cancel()
		return resp, err
	})})
	if _, err := client.Call(ctx, "Hello"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// unusedAddress is an address where nothing listens.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
