package webpage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestNoTextTakesLong checks the modules that show texts of documents and
// answers with long texts that were made to take time.
func TestNoTextTakesLong(t *testing.T) {
	node, err := exec.LookPath("node")
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("node runs the modules, and it is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	modules, err := fs.Sub(static, "static")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, modules); err != nil {
		t.Fatal(err)
	}
	// Node takes a .js file for a module only if its folder says so.
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"type": "module"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, node, "testdata/long.mjs", dir).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
