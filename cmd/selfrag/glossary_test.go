//go:build onnx && integration

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRealGlossary asks a Korean glossary for a term whose spacing differs from
// that in the glossary, as people write it. In each encoding and on each store,
// the passage that defines the term must come first.
func TestRealGlossary(t *testing.T) {
	expected := struct {
		Query    string
		Expected []struct {
			Contains string `json:"contains"`
		} `json:"expected_top"`
	}{}
	folder := filepath.Join(dataDir(t), "appendix-keywords")
	raw, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &expected); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		store, embedder string
		modes           []string
	}{
		{"sqlite", "none", []string{"lexical"}},
		{"sqlite", "onnx/all-minilm-l6-v2", []string{"hybrid"}},
		{"sqlite", "onnx/multilingual-e5-small", []string{"hybrid", "dense"}},
		{"milvus", "onnx/multilingual-e5-small", []string{"hybrid", "dense"}},
		{"milvus-lite", "onnx/multilingual-e5-small", []string{"hybrid", "lexical", "dense"}},
	} {
		for _, file := range []string{"utf8.txt", "cp949.txt", "euckr.txt"} {
			t.Run(fmt.Sprint(c.store, " ", c.embedder, " ", file), func(t *testing.T) {
				where := []string{"--collection", "glossary"}
				if c.store != "sqlite" {
					where = append(where, "--store", "milvus", "--milvus-address", milvusAddress(t, c.store),
						"--tenant", fmt.Sprint("glossary ", file, " ", os.Getpid()))
				}
				dir := t.TempDir()
				ingest := append([]string{"ingest", filepath.Join(folder, file), "--embedder", c.embedder}, where...)
				if code, _, stderr := selfrag(t, dir, ingest...); code != exitDone {
					t.Fatalf("ingest: exit code %d: %s", code, stderr)
				}
				t.Cleanup(func() { selfrag(t, dir, append([]string{"collections", "delete", "glossary", "--yes"}, where...)...) })
				for _, mode := range c.modes {
					search := append([]string{"search", expected.Query, "--json", "--rerank", "none", "--mode", mode}, where...)
					code, stdout, stderr := selfrag(t, dir, search...)
					if code != exitDone {
						t.Fatalf("%s search: exit code %d: %s", mode, code, stderr)
					}
					var found searchResult
					if err := json.Unmarshal([]byte(stdout), &found); err != nil {
						t.Fatal(err)
					}
					if len(found.Passages) == 0 || !strings.Contains(found.Passages[0].Text, expected.Expected[0].Contains) {
						t.Errorf("%s: the first of %d is not the definition: %.200s", mode, len(found.Passages), stdout)
					}
				}
			})
		}
	}
}

// milvusAddress starts a server with its script unless one already answers.
func milvusAddress(t *testing.T, name string) string {
	t.Helper()
	script := filepath.Join("..", "..", "scripts", name+"-serve")
	if out, err := exec.CommandContext(t.Context(), script).CombinedOutput(); err != nil {
		t.Fatalf("start %s: %v\n%s", name, err, out)
	}
	out, err := exec.CommandContext(t.Context(), script, "--address").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
