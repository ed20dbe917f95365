package onnx

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCacheDir(t *testing.T) {
	root := t.TempDir()
	t.Setenv("HOME", filepath.Join(root, "home"))
	t.Setenv("SELFRAG_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", "")
	for _, step := range []struct{ variable, value, want string }{
		{"HOME", filepath.Join(root, "home"), filepath.Join(root, "home", ".cache", "selfrag")},
		{"XDG_CACHE_HOME", filepath.Join(root, "xdg"), filepath.Join(root, "xdg", "selfrag")},
		{"SELFRAG_CACHE", filepath.Join(root, "own"), filepath.Join(root, "own")},
	} {
		t.Setenv(step.variable, step.value)
		got, err := CacheDir()
		if err != nil || got != step.want {
			t.Errorf("with %s set: got %q, %v; want %q", step.variable, got, err, step.want)
		}
	}
}

func TestFindLibrary(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("SELFRAG_CACHE", cache)
	t.Setenv(LibraryVariable, "")
	if got, err := FindLibrary(""); got != "" || err != nil {
		t.Errorf("nowhere: got %q, %v; want it left to the system", got, err)
	}

	cached := filepath.Join(cache, "lib", libraryNames()[0])
	write(t, cached, "")
	if got, err := FindLibrary(""); got != cached || err != nil {
		t.Errorf("in the cache: got %q, %v; want %q", got, err, cached)
	}

	fromEnv := filepath.Join(cache, "env.so")
	write(t, fromEnv, "")
	t.Setenv(LibraryVariable, fromEnv)
	if got, err := FindLibrary(""); got != fromEnv || err != nil {
		t.Errorf("in the environment: got %q, %v; want %q", got, err, fromEnv)
	}
	if got, err := FindLibrary(cached); got != cached || err != nil {
		t.Errorf("asked for: got %q, %v; want %q", got, err, cached)
	}

	// What was asked for is not replaced by what happens to be there.
	absent := filepath.Join(cache, "absent.so")
	_, err := FindLibrary(absent)
	var missing *MissingError
	if !errors.As(err, &missing) || missing.Path != absent || !strings.Contains(missing.Remedy, "selfrag setup onnxruntime") {
		t.Errorf("absent: got %v; want a MissingError with %s and a remedy", err, absent)
	}
	if _, err := FindLibrary(cache); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: got %v", err)
	}
}

// write makes a file and its folders.
func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// folder makes a folder with one file.
func folder(t *testing.T, name string, content []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}
