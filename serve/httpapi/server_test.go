package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"selfrag/serve"
)

// open is an authority that requires no keys.
type open struct{}

func (open) Identify(context.Context, string) (Identity, error) {
	return Identity{}, errors.New("nobody")
}
func (open) Required(context.Context) (bool, error) { return false, nil }

// startBare serves without operations, to test what comes before them.
func startBare(t *testing.T, cfg Config) *httptest.Server {
	t.Helper()
	cfg.Service, cfg.Authority = &serve.Service{}, open{}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server
}

func TestSlowBodiesHoldUpNobody(t *testing.T) {
	server := startBare(t, Config{BodyTime: 50 * time.Millisecond, Concurrency: 1})
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 408 ") || !strings.Contains(string(answer), "request_timeout") {
		t.Errorf("%v %s", err, answer)
	}
}

// closed is an authority that requires keys and knows one key.
type closed struct{}

func (closed) Identify(_ context.Context, key string) (Identity, error) {
	if key != "good" {
		return Identity{}, &serve.Error{Kind: serve.Unauthorised, Message: "no such key"}
	}
	return Identity{ID: "good"}, nil
}
func (closed) Required(context.Context) (bool, error) { return true, nil }

// TestAnswersDoNotWaitForBodies sends only the first byte of a body. The answer
// must come anyway, whichever layer writes it.
func TestAnswersDoNotWaitForBodies(t *testing.T) {
	const good, site = "Authorization: Bearer good\r\n", "Origin: https://chat.example.org\r\n"
	for name, test := range map[string]struct {
		line, header, status string
		busy                 bool // no slot for uploads is free
	}{
		"no key":             {line: "POST /api/v1/ask", status: "401"},
		"no key, no route":   {line: "POST /none", status: "408"},
		"a wrong key":        {line: "POST /v1/chat/completions", header: "Authorization: Bearer bad\r\n", status: "401"},
		"from another site":  {line: "POST /api/v1/search", header: "Origin: https://evil.example.org\r\n", status: "403"},
		"a preflight":        {line: "OPTIONS /api/v1/ask", header: site + "Access-Control-Request-Method: POST\r\n", status: "204"},
		"another path":       {line: "POST //api/v1/ask", status: "307"},
		"too many":           {line: "POST /api/v1/search", header: good, status: "429"},
		"an upload, refused": {line: "POST /api/v1/collections/notes/documents", header: good + "Content-Type: multipart/form-data; boundary=x\r\n", status: "403"},
		"an upload, queued":  {line: "POST /api/v1/collections/notes/documents", header: good, status: "429", busy: true},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := New(Config{Service: &serve.Service{}, Authority: closed{}, BodyTime: 50 * time.Millisecond, QueueTime: time.Millisecond,
				Rate: 1e-9, Burst: 1, Origins: []string{"https://chat.example.org"}})
			if err != nil {
				t.Fatal(err)
			}
			if name == "too many" {
				_ = s.rates.take(Identity{ID: "good"})
			}
			if test.busy {
				s.uploads.free = 0
			}
			server := httptest.NewServer(s)
			defer server.Close()
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: 100\r\n\r\n{", test.line, test.header)
			_ = conn.SetReadDeadline(time.Now().Add(time.Minute)) // to fail instead of hanging
			answer, err := io.ReadAll(conn)
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 "+test.status+" ") {
				t.Errorf("%v %s", err, answer)
			}
		})
	}
}

// deadlines records the deadlines of a connection.
type deadlines struct {
	*httptest.ResponseRecorder
	read []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error {
	d.read = append(d.read, at)
	return nil
}

// TestNothingEndsTheReadingOfRequestsWithoutBodies checks that there is no
// deadline, because it would end streams that stay open.
func TestNothingEndsTheReadingOfRequestsWithoutBodies(t *testing.T) {
	s, err := New(Config{Service: &serve.Service{}, Authority: open{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*http.Request{httptest.NewRequest("GET", "/healthz", nil), httptest.NewRequest("GET", "/healthz", strings.NewReader("read"))} {
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		s.ServeHTTP(w, r)
		if w.Code != 200 || len(w.read) == 0 || !w.read[len(w.read)-1].IsZero() {
			t.Errorf("%d, deadlines %v", w.Code, w.read)
		}
	}
}

func TestErrorsHaveTheFormOfTheirAPI(t *testing.T) {
	server := startBare(t, Config{MaxBody: 10})
	get := func(method, path, body string) (*http.Response, map[string]any) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Request-Id", "given-1")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var v struct{ Error map[string]any }
		if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
			t.Fatal(err)
		}
		return resp, v.Error
	}
	resp, e := get("POST", "/v1/chat/completions", `{"model":"far too long"}`)
	if resp.StatusCode != 413 || e["type"] != "invalid_request_error" || e["code"] != "too_large" {
		t.Errorf("%d %v", resp.StatusCode, e)
	}
	resp, e = get("POST", "/v1/none", `{}`)
	if resp.StatusCode != 404 || e["type"] != "invalid_request_error" {
		t.Errorf("%d %v", resp.StatusCode, e)
	}
	resp, e = get("PATCH", "/api/v1/ask", `{}`)
	if resp.StatusCode != 405 || e["code"] != "method_not_allowed" || e["request_id"] != "given-1" || resp.Header.Get("Allow") != "POST" {
		t.Errorf("%d %v", resp.StatusCode, e)
	}
	for _, name := range []string{"X-Content-Type-Options", "Content-Security-Policy", "X-Request-Id"} {
		if resp.Header.Get(name) == "" {
			t.Errorf("no header %s", name)
		}
	}
}

func TestMountedHandlersGetTheCallersScope(t *testing.T) {
	seen := make(chan *serve.Scope, 2)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- ScopeOf(r.Context())
		_, _ = io.WriteString(w, "mounted")
	})
	server := startBare(t, Config{Mounts: []Mount{{Pattern: "/mcp", Handler: handler, Heavy: true}, {Pattern: "/", Handler: handler, Public: true}}, Metrics: handler})
	for path, scoped := range map[string]bool{"/mcp": true, "/page": false, "/metrics": false} {
		resp, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != 200 || (<-seen != nil) != scoped {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

// A page that has a key may ask, and reads no other answer of the server.
func TestOriginsOfKeysMayAskAlone(t *testing.T) {
	const site = "https://www.example.org"
	reads := 0
	fixed := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	server := startBare(t, Config{Metrics: fixed, Mounts: []Mount{{Pattern: "/mcp", Handler: fixed}}, KeyOrigins: func(context.Context) ([]string, error) {
		reads++
		return []string{site}, nil
	}})
	for _, tc := range []struct {
		method, path, allowed string
		reads                 int
	}{
		{"OPTIONS", "/api/v1/ask", site, 1},
		{"POST", "/api/v1/ask", site, 1},
		{"OPTIONS", "/api/v1/feedback", site, 1},
		{"GET", "/metrics", "", 0},
		{"GET", "/healthz", "", 0},
		{"GET", "/none", "", 0},
		{"OPTIONS", "/api/v1/search", "", 0},
		{"GET", "/api/v1/collections", "", 1},
		{"POST", "/mcp", "", 1},
	} {
		reads = 0
		req, err := http.NewRequestWithContext(t.Context(), tc.method, server.URL+tc.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", site)
		req.Header.Set("Access-Control-Request-Method", "POST")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := resp.Header.Get("Access-Control-Allow-Origin"); got != tc.allowed || reads != tc.reads {
			t.Errorf("%s %s: allowed %q, keys read %d times", tc.method, tc.path, got, reads)
		}
	}
}

func TestPanicsBecomeErrors(t *testing.T) {
	server := startBare(t, Config{Mounts: []Mount{{Pattern: "/broken", Public: true, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })}}})
	resp, err := http.Get(server.URL + "/broken")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 500 || strings.Contains(string(body), "broken") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}
