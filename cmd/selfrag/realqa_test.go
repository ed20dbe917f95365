//go:build onnx && integration

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/cmd/selfrag/internal/measure"
	"selfrag/eval"
)

// TestRealAB compares two strategies on three questions with real parts. It
// checks that every outcome is complete, not which strategy answers better.
func TestRealAB(t *testing.T) {
	out := filepath.Join(t.TempDir(), "ab.jsonl")
	page := filepath.Join(t.TempDir(), "ab.html")
	code, stdout, stderr := selfrag(t, t.TempDir(), "ab", "--a", "two-stage", "--b", "self-rag", "--max-iterations", "1", "--limit", "3",
		"--data", filepath.Join(dataDir(t), "musique-100"), "--embedder", "none", "--rerank", "none", "--model", realModel, "--out", out, "--report", page, "--json")
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var r measure.ABReport
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	if r.Questions != 3 || r.A.Means["llm_calls"] == 0 || r.A.Means["tokens"] == 0 || r.A.Means["recall@5"] == 0 || r.B.Means["llm_calls"] <= r.A.Means["llm_calls"] {
		t.Errorf("got %s", stdout)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) != 7 {
		t.Fatalf("%d lines, want a header and six outcomes", len(lines))
	}
	for _, line := range lines[1:] {
		var o eval.Outcome
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		if len(o.Ranking) == 0 || !strings.HasPrefix(o.Ranking[0], "p") || o.StoppedBy == "" || o.Abstained != (o.Short == "") ||
			!o.Abstained && (o.ShortUsage.Calls != 1 || o.ShortUsage.PromptTokens == 0) {
			t.Errorf("got %s", line)
		}
	}
	if b, err := os.ReadFile(page); err != nil || len(b) == 0 {
		t.Errorf("the report: %v", err)
	}
}
