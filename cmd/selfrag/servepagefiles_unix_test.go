//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestPagesAreOfTheFileThatWasIngested puts another file in the place of the ingested
// one. Nothing of it is shown.
func TestPagesAreOfTheFileThatWasIngested(t *testing.T) {
	s, path := servedPDF(t)
	raw := mustRead(t, path)
	page := "/api/v1/collections/notes/documents/" + s.sourceIDs("notes", "")["휴가 규정.pdf"] + "/pages/1"
	secret := filepath.Join(t.TempDir(), "secret.pdf")
	write := func(path string, content []byte) {
		t.Helper()
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	write(secret, append(raw, "\n% secret"...))
	for _, tc := range []struct {
		name string
		make func()
		want int
		says string
	}{
		{"as it was", func() { write(path, raw) }, 200, ""},
		{"a link to the same content", func() { same := secret + ".same"; write(same, raw); do(os.Symlink(same, path)) }, 200, ""},
		{"another file", func() { write(path, append(raw, "\n% changed"...)) }, 409, "has changed"},
		{"a link to another file", func() { do(os.Symlink(secret, path)) }, 409, "has changed"},
		{"a link to a device", func() { do(os.Symlink("/dev/zero", path)) }, 404, "cannot be read"},
		{"a pipe", func() { do(syscall.Mkfifo(path, 0o600)) }, 404, "cannot be read"},
		{"a folder", func() { do(os.Mkdir(path, 0o700)) }, 404, "cannot be read"},
		{"a large file", func() { write(path, nil); do(os.Truncate(path, 1<<40)) }, 404, "cannot be read"},
		{"nothing", func() {}, 404, "cannot be read"},
	} {
		do(os.RemoveAll(path))
		tc.make()
		for _, more := range []string{"", "/marks?start=0&end=10"} {
			if resp, body := s.call("GET", page+more, "", ""); resp.StatusCode != tc.want || !strings.Contains(body, tc.says) || strings.Contains(body, path) {
				t.Errorf("%s%s: %d %s, want %d", tc.name, more, resp.StatusCode, body, tc.want)
			}
		}
	}
}
