//go:build integration

package hangul

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/internal/onnx"
	"selfrag/retrieval/ingest/content"
)

// TestBesideUnhwp holds both readers to unhwp, which others wrote: of its words
// ours leave out only those that are named here. It joins words across the
// borders of runs, tells comments as text, and keeps deleted text.
func TestBesideUnhwp(t *testing.T) {
	cache, err := onnx.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	python := filepath.Join(cache, "reader-peers", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("%v: scripts/reader-peers installs it", err)
	}
	for name, tc := range map[string]struct {
		of      content.Reader
		raw     []byte
		without []string
	}{
		"a.hwp":      {HWP, hangulFile(t, 0, hangulBody()), []string{"설명"}},
		"packed.hwp": {HWP, hangulFile(t, 1, hangulBody()), []string{"설명"}},
		"a.hwpx":     {HWPX, openHangul(t, openHeader, openSection), []string{"국외지운", "글글상자"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, tc.raw, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), python, "-c", "import sys, unhwp; print(unhwp.extract_text(sys.argv[1]))", path).Output()
			if err != nil {
				t.Fatalf("unhwp: %v", err)
			}
			c, err := tc.of(t.Context(), tc.raw, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			words := strings.Fields(string(out))
			if len(words) < 20 {
				t.Fatalf("unhwp finds %q", words)
			}
			ours := strings.Fields(c.Text)
			without := slices.DeleteFunc(words, func(word string) bool { return slices.Contains(ours, word) })
			if !slices.Equal(without, tc.without) {
				t.Errorf("of unhwp's words %q are missing, not only %q", without, tc.without)
			}
		})
	}
}
