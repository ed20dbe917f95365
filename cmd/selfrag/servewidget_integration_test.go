//go:build integration

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/serve/keys"
)

// TestWidget drives the widget in a real browser, in a page of another origin
// with a strict policy. SELFRAG_SHOTS names a folder for screenshots.
func TestWidget(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t, func(m *bridgeModel) {
		m.drafts = map[string]string{"hostile lanes": "The bridge has two lanes, says " + hostile + " [1]."}
	}))
	document := filepath.Join(t.TempDir(), "hostile.md")
	if err := os.WriteFile(document, []byte("# Hostile lanes\n\nThe bridge has two lanes, says "+hostile+". It is old.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := runIngest(t.Context(), a, wire.Ingestion{Paths: []string{document}}); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, a)
	var key string
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src data:; script-src "+s.url+"; connect-src "+s.url+"; require-trusted-types-for 'script'; trusted-types 'none'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>Site</title><link rel="icon" href="data:,"><script src="%s/widget.js" data-key="%s" data-collection="notes" defer></script><main><h1>Site</h1></main>`, s.url, key)
	}))
	defer site.Close()
	key = s.key(keys.Key{Name: "site", Collections: []string{"notes"}, Origins: []string{site.URL}})
	input, err := json.Marshal(map[string]any{
		"site": site.URL, "modules": installed(t, "page-tests", "node_modules"), "browser": chromium(t), "shots": os.Getenv("SELFRAG_SHOTS"), "hostile": hostile,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "testdata/page/widget.mjs")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Stdin = bytes.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, s.log)
	}
}
