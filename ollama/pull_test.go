package ollama_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"selfrag/ollama"
)

func ndjson(lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		_, _ = io.WriteString(w, strings.Join(lines, "\n")+"\n")
	}
}

func TestPull(t *testing.T) {
	var asked string
	client := newClient(t, reading(func(w http.ResponseWriter, r *http.Request, body []byte) {
		asked = r.URL.Path + " " + string(body)
		ndjson(`{"status":"pulling manifest"}`,
			`{"status":"pulling a","digest":"sha256:a","total":100,"completed":40}`,
			`{"status":"pulling b","digest":"sha256:b","total":10}`,
			`{"status":"pulling a","digest":"sha256:a","total":100,"completed":100}`,
			`{"status":"pulling b","digest":"sha256:b","total":10,"completed":10}`,
			`{"status":"success"}`)(w, r)
	}))
	var got []ollama.PullProgress
	if err := client.Pull(t.Context(), "qwen3:4b", func(p ollama.PullProgress) { got = append(got, p) }); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(asked, "/api/pull ") || !strings.Contains(asked, `"model":"qwen3:4b"`) {
		t.Errorf("asked for %s", asked)
	}
	want := []ollama.PullProgress{{"pulling manifest", 0, 0}, {"pulling a", 40, 100}, {"pulling b", 40, 110}, {"pulling a", 100, 110}, {"pulling b", 110, 110}, {"success", 110, 110}}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("progress %d: got %v, want %v", i, got[i], want[i])
		}
	}
	if err := client.Pull(t.Context(), "qwen3:4b", nil); err != nil {
		t.Errorf("with nobody to tell: %v", err)
	}
}

func TestPullThatFails(t *testing.T) {
	const offline = `{"error":"pull model manifest: Get \"https://registry.ollama.ai/v2/library/m/manifests/latest\": dial tcp: lookup registry.ollama.ai: no such host"}`
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		unknown bool
		want    string
	}{
		"no network":      {ndjson(`{"status":"pulling manifest"}`, offline), false, "no such host"},
		"no such model":   {ndjson(`{"status":"pulling manifest"}`, `{"error":"pull model manifest: file does not exist"}`), true, "https://ollama.com/library"},
		"it ends early":   {ndjson(`{"status":"pulling a","digest":"sha256:a","total":100,"completed":40}`), false, "broken off"},
		"it says nothing": {ndjson(), false, "an empty line"},
		"refused at once": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, `{"error":"no space left on device"}`)
		}, false, "no space left on device"},
	} {
		t.Run(name, func(t *testing.T) {
			err := newClient(t, c.handler).Pull(t.Context(), "m", nil)
			var failed *ollama.PullError
			if !errors.As(err, &failed) {
				t.Fatalf("want a PullError, got %v", err)
			}
			if failed.Unknown() != c.unknown || failed.Model != "m" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, unknown %t", err, failed.Unknown())
			}
		})
	}
}

func TestPullFromNoServer(t *testing.T) {
	err := dial(t, ollama.Config{Address: unusedAddress(t)}).Pull(t.Context(), "m", nil)
	var away *ollama.UnreachableError
	if !errors.As(err, &away) {
		t.Errorf("got %v", err)
	}
	_, err = dial(t, ollama.Config{Address: unusedAddress(t)}).Loaded(t.Context())
	if !errors.As(err, &away) {
		t.Errorf("got %v", err)
	}
}

func TestPullStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	client := newClient(t, reading(func(w http.ResponseWriter, r *http.Request, _ []byte) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		_, _ = io.WriteString(w, `{"status":"pulling manifest"}`+"\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	}))
	err := client.Pull(ctx, "m", func(ollama.PullProgress) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-gone
}

func TestLoaded(t *testing.T) {
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"models":[{"name":"qwen3:4b","size":3000,"size_vram":2000}]}`)
	})
	loaded, err := client.Loaded(t.Context())
	if err != nil || len(loaded) != 1 || loaded[0] != (ollama.Loaded{Name: "qwen3:4b", Size: 3000, VRAM: 2000}) {
		t.Errorf("got %v, %v", loaded, err)
	}
}
