//go:build onnx

package onnx

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/internal/vec"
)

// TestColBERTParity compares token vectors and MaxSim scores with those of
// ColBERT's published recipe in torch (scripts/make-fixture-models), for the
// model built from its weights and for the exported one.
func TestColBERTParity(t *testing.T) {
	built := fixture(t, "colbert-tiny")
	exported := t.TempDir()
	for _, name := range []string{"model.onnx", "tokenizer.json", "config.json", "artifact.metadata"} {
		if err := os.Symlink(filepath.Join(built, name), filepath.Join(exported, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, dir := range map[string]string{"built": built, "exported": exported} {
		t.Run(name, func(t *testing.T) {
			model, err := NewColBERT(dir, DeviceConfig{Device: CPU})
			if err != nil {
				t.Fatal(err)
			}
			defer model.Close()
			f, err := os.Open(filepath.Join(built, "reference.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			lines := bufio.NewScanner(f)
			lines.Buffer(nil, 1<<20)
			n, worst := 0, 0.0
			for ; lines.Scan(); n++ {
				var want struct {
					Query, Passage string
					Score          float64
					QueryVectors   [][]float32 `json:"query_vectors"`
					PassageVectors [][]float32 `json:"passage_vectors"`
				}
				if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
					t.Fatal(err)
				}
				query, err := model.QueryTokens(t.Context(), want.Query)
				if err != nil {
					t.Fatal(err)
				}
				passage, err := model.Tokens(t.Context(), want.Passage)
				if err != nil {
					t.Fatal(err)
				}
				sameVectors(t, query.Vectors, want.QueryVectors)
				sameVectors(t, passage.Vectors, want.PassageVectors)
				sum := 0.0
				for _, q := range query.Vectors {
					best := math.Inf(-1)
					for _, p := range passage.Vectors {
						best = max(best, float64(vec.Dot(q, p)))
					}
					sum += best
				}
				worst = max(worst, math.Abs(sum-want.Score))
				if math.Abs(sum-want.Score) > 1e-3 {
					t.Fatalf("pair %d (%.60q, %.60q): score %v, want %v", n, want.Query, want.Passage, sum, want.Score)
				}
			}
			if lines.Err() != nil || n != 100 {
				t.Errorf("%d pairs, %v", n, lines.Err())
			}
			t.Logf("%d pairs; largest difference of a score (a sum of 32 cosines) %.2g", n, worst)
		})
	}
}

// sameVectors compares vectors of unit length. want may be left out.
func sameVectors(t *testing.T, got, want [][]float32) {
	t.Helper()
	if want == nil {
		return
	}
	if len(got) != len(want) {
		t.Fatalf("%d vectors, want %d", len(got), len(want))
	}
	for i := range want {
		for j, x := range got[i] {
			if math.Abs(float64(x-want[i][j])) > 1e-4 {
				t.Fatalf("vector %d of %d: number %d is %v, want %v", i, len(want), j, x, want[i][j])
			}
		}
	}
}

func TestBadColBERT(t *testing.T) {
	dir := fixture(t, "colbert-tiny")
	for name, c := range map[string]struct{ file, content, want string }{
		"no marker":        {"artifact.metadata", `{"query_token_id":"[nowhere]"}`, `no token "[nowhere]"`},
		"nothing is left":  {"artifact.metadata", `{"query_maxlen":3}`, "leaves nothing"},
		"garbage metadata": {"artifact.metadata", `<html>`, "artifact.metadata"},
		"PyLate's marker":  {"config_sentence_transformers.json", `{"query_prefix":"[Q] ","document_prefix":"[D] "}`, `no token "[Q] "`},
		"no tokenizer":     {"tokenizer.json", "", "the tokenizer is missing"},
	} {
		copied := t.TempDir()
		for _, file := range []string{"model.safetensors", "tokenizer.json", "config.json", "artifact.metadata"} {
			if file == c.file {
				continue
			}
			if err := os.Symlink(filepath.Join(dir, file), filepath.Join(copied, file)); err != nil {
				t.Fatal(err)
			}
		}
		if c.content != "" {
			if err := os.WriteFile(filepath.Join(copied, c.file), []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := NewColBERT(copied, DeviceConfig{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	if _, err := NewColBERT(fixture(t, "bert-tiny"), DeviceConfig{}); err == nil {
		t.Error("a cross-encoder was taken")
	}
	if _, err := NewColBERT("no-such-model", DeviceConfig{}); err == nil || !strings.Contains(err.Error(), "selfrag models pull no-such-model") {
		t.Errorf("got %v", err)
	}
}
