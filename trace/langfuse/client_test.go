package langfuse_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"selfrag/trace/langfuse"
)

func open(t *testing.T, handler http.HandlerFunc) *langfuse.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client, err := langfuse.New(langfuse.Config{Host: server.URL + "/", PublicKey: "pk-lf-1", SecretKey: "sk-lf-2", Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func TestClientSendsKeysAndJSON(t *testing.T) {
	client := open(t, func(w http.ResponseWriter, r *http.Request) {
		public, secret, _ := r.BasicAuth()
		body, _ := io.ReadAll(r.Body)
		_ = json.NewEncoder(w).Encode(map[string]string{
			"keys": public + "/" + secret, "request": r.Method + " " + r.URL.String(), "type": r.Header.Get("Content-Type"), "body": string(body),
		})
	})
	for _, c := range []struct {
		name string
		do   func(out any) error
		want map[string]string
	}{
		{"get", func(out any) error {
			return client.Get(t.Context(), "/api/public/v2/prompts/draft%2Fen", url.Values{"label": {"a b"}}, out)
		}, map[string]string{"request": "GET /api/public/v2/prompts/draft%2Fen?label=a+b"}},
		{"post", func(out any) error {
			return client.Post(t.Context(), "/api/public/scores", map[string]int{"value": 1}, out)
		}, map[string]string{"request": "POST /api/public/scores", "type": "application/json", "body": `{"value":1}`}},
		{"patch", func(out any) error {
			return client.Patch(t.Context(), "/x", map[string]int{"value": 1}, out)
		}, map[string]string{"request": "PATCH /x", "type": "application/json", "body": `{"value":1}`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]string{}
			if err := c.do(&got); err != nil {
				t.Fatal(err)
			}
			c.want["keys"] = "pk-lf-1/sk-lf-2"
			for k, want := range got {
				if c.want[k] != want {
					t.Errorf("%s: %q, want %q", k, want, c.want[k])
				}
			}
		})
	}
}

func TestClientRepeatsWhatIsSafe(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		do     func(*langfuse.Client) error
		want   int32
	}{
		{"429 is tried again", 429, func(c *langfuse.Client) error { return c.Post(t.Context(), "/x", 1, nil) }, 4},
		{"500 is tried again", 500, func(c *langfuse.Client) error { return c.Delete(t.Context(), "/x") }, 4},
		{"400 is not", 400, func(c *langfuse.Client) error { return c.Post(t.Context(), "/x", 1, nil) }, 1},
		{"once is once", 500, func(c *langfuse.Client) error { return c.PostOnce(t.Context(), "/x", 1, nil) }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked atomic.Int32
			client := open(t, func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, `{"message":"no"}`)
			})
			err := c.do(client)
			var refused *langfuse.StatusError
			if !errors.As(err, &refused) || refused.Status != c.status {
				t.Fatalf("error %v, want one of status %d", err, c.status)
			}
			if got := asked.Load(); got != c.want {
				t.Errorf("asked %d times, want %d", got, c.want)
			}
		})
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	for want, cfg := range map[string]langfuse.Config{
		"LANGFUSE_SECRET_KEY":         {PublicKey: "pk"},
		"is not an http(s) address":   {PublicKey: "pk", SecretKey: "sk", Host: "localhost:3000"},
		`"ftp://x" is not an http(s)`: {PublicKey: "pk", SecretKey: "sk", Host: "ftp://x"},
	} {
		if _, err := langfuse.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestErrorsHoldNoKey(t *testing.T) {
	client := open(t, func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "bad header "+r.Header.Get("Authorization"), http.StatusUnauthorized)
	})
	_, err := client.Project(t.Context())
	if err == nil || strings.Contains(err.Error(), strings.TrimPrefix(client.Authorization(), "Basic ")) {
		t.Errorf("error %v", err)
	}
}
