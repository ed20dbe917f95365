package models

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var weights = bytes.Repeat([]byte("weights "), 50_000)

// hub is a server laid out as Hugging Face: large files are elsewhere.
type hub struct {
	*httptest.Server
	storage  *httptest.Server
	breakAt  int  // bytes after which a download breaks off; 0: never
	spoil    bool // the storage gives other bytes than the hub tells
	requests []string
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{}
	h.storage = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the token went to another host")
		}
		content := weights
		if h.spoil {
			content = bytes.ToUpper(weights)
		}
		if h.breakAt > 0 {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			_, _ = w.Write(content[:h.breakAt])
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.requests = append(h.requests, r.URL.Path+" "+r.Header.Get("Range"))
		switch {
		case r.Header.Get("Authorization") != "Bearer hf_secret":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/org/model/resolve/main/onnx/model.onnx":
			sum := sha256.Sum256(weights)
			w.Header().Set("X-Linked-Etag", `"`+hex.EncodeToString(sum[:])+`"`)
			http.Redirect(w, r, strings.Replace(h.storage.URL, "127.0.0.1", "localhost", 1)+"/blob?signed=1", http.StatusFound)
		case strings.HasSuffix(r.URL.Path, ".json"):
			sum := sha1.Sum([]byte("blob 2\x00{}"))
			w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
			fmt.Fprint(w, "{}")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(h.Close)
	t.Cleanup(h.storage.Close)
	return h
}

func (h *hub) store(t *testing.T) *Store {
	t.Helper()
	s := NewStore(Config{Dir: t.TempDir(), Endpoint: h.URL, Token: "hf_secret"})
	t.Cleanup(s.client.CloseIdleConnections)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return s
}

var model = Model{Name: "m", Repo: "org/model", Files: []string{"onnx/model.onnx", "config.json", "tokenizer.json"}}

func TestPull(t *testing.T) {
	h := newHub(t)
	s := h.store(t)
	var last string
	if err := s.Pull(t.Context(), model, func(file string, done, total int64) { last = fmt.Sprint(file, done, total) }); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(s.Dir("m"), "onnx", "model.onnx")); err != nil || !bytes.Equal(got, weights) {
		t.Errorf("the weights are %d bytes, %v", len(got), err)
	}
	if last != "tokenizer.json2 2" {
		t.Errorf("the last progress was %q", last)
	}
	if !s.Has("m") || s.Verify(t.Context(), "m") != nil {
		t.Error("it is not there")
	}
	// Again: nothing is fetched.
	h.requests = nil
	if err := s.Pull(t.Context(), model, nil); err != nil || len(h.requests) != 0 {
		t.Errorf("pulled again: %v, %q", err, h.requests)
	}
	// Changed since.
	path := filepath.Join(s.Dir("m"), "config.json")
	if err := os.WriteFile(path, []byte("[]"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), "m"); err == nil || !strings.Contains(err.Error(), "config.json has changed") {
		t.Errorf("changed: got %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), "m"); err == nil || !strings.Contains(err.Error(), "config.json is missing") {
		t.Errorf("removed: got %v", err)
	}
	if err := s.Verify(t.Context(), "other"); !errors.Is(err, ErrNotThere) {
		t.Errorf("never pulled: got %v", err)
	}
}

func TestPullGoesOn(t *testing.T) {
	h := newHub(t)
	s := h.store(t)
	h.breakAt = 100_000
	err := s.Pull(t.Context(), model, nil)
	var unreachable *UnreachableError
	if !errors.As(err, &unreachable) || s.Has("m") {
		t.Fatalf("broken off: got %v", err)
	}
	h.breakAt, h.requests = 0, nil
	if err := s.Pull(t.Context(), model, nil); err != nil {
		t.Fatal(err)
	}
	if want := "/org/model/resolve/main/onnx/model.onnx bytes=100000-"; h.requests[0] != want {
		t.Errorf("asked for %q, want %q", h.requests[0], want)
	}
	if err := s.Verify(t.Context(), "m"); err != nil {
		t.Error(err)
	}
}

func TestPullFails(t *testing.T) {
	h := newHub(t)
	s := h.store(t)
	h.spoil = true
	if err := s.Pull(t.Context(), model, nil); err == nil || !strings.Contains(err.Error(), "the download is damaged") {
		t.Errorf("other bytes: got %v", err)
	}
	h.spoil = false
	if err := s.Pull(t.Context(), model, nil); err != nil {
		t.Errorf("after other bytes: %v", err)
	}
	if err := s.Pull(t.Context(), Model{Name: "x", Repo: "org/none", Files: []string{"a.bin"}}, nil); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("no file: got %v", err)
	}
	s.cfg.Token = "hf_wrong"
	if err := s.Pull(t.Context(), Model{Name: "y", Repo: "org/model", Files: []string{"config.json"}}, nil); err == nil ||
		!strings.Contains(err.Error(), "HF_TOKEN") || strings.Contains(err.Error(), "hf_wrong") {
		t.Errorf("wrong token: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Pull(ctx, Model{Name: "z", Repo: "org/model", Files: []string{"config.json"}}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	h.Close()
	var unreachable *UnreachableError
	if err := s.Pull(t.Context(), Model{Name: "y", Repo: "org/model", Files: []string{"config.json"}}, nil); !errors.As(err, &unreachable) {
		t.Errorf("nobody there: got %v", err)
	}
}

// A server that refuses each range is asked once for the whole file.
func TestPullFromAServerThatRefusesRanges(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
	}))
	defer server.Close()
	s := NewStore(Config{Dir: t.TempDir(), Endpoint: strings.Replace(server.URL, "://", "://u:s3cret@", 1)})
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	t.Cleanup(s.client.CloseIdleConnections)
	var unreachable *UnreachableError
	if err := s.Pull(t.Context(), model, nil); !errors.As(err, &unreachable) || asked != 1 || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v after %d requests", err, asked)
	}
}

func TestImport(t *testing.T) {
	from := t.TempDir()
	s := NewStore(Config{Dir: t.TempDir()})
	if err := s.Import(t.Context(), "own", from); err == nil || !strings.Contains(err.Error(), "holds no .onnx") {
		t.Errorf("empty folder: got %v", err)
	}
	for _, name := range []string{"onnx/model.onnx", "tokenizer.json", "config.json", "README.md", "model.safetensors", "artifact.metadata"} {
		path := filepath.Join(from, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Import(t.Context(), "own", from); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), "own"); err != nil {
		t.Error(err)
	}
	for name, needed := range map[string]bool{"model.safetensors": true, "artifact.metadata": true, "README.md": false} {
		if _, err := os.Stat(filepath.Join(s.Dir("own"), name)); (err == nil) != needed {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", "../up", "a/b", ".hidden"} {
		if err := s.Import(t.Context(), name, from); err == nil {
			t.Errorf("the name %q was taken", name)
		}
	}
}

func TestManifest(t *testing.T) {
	names := map[string]bool{}
	for _, m := range Manifest() {
		if names[m.Name] || m.Name == "" || m.Repo == "" || m.Licence == "" || m.Family == "" || m.Languages == "" || m.Size == 0 || len(m.Files) < 2 {
			t.Errorf("%+v", m)
		}
		names[m.Name] = true
		if got, err := Find(m.Name); err != nil || got.Repo != m.Repo {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
	if _, err := Find("nonsense"); err == nil || !strings.Contains(err.Error(), "bge-m3") {
		t.Errorf("got %v", err)
	}
}
