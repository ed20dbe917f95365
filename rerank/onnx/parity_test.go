//go:build onnx

package onnx

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"selfrag/internal/onnx"
)

// fixture returns the folder of a model that scripts/fixture-models makes.
func fixture(t testing.TB, name string) string {
	t.Helper()
	dir, err := onnx.ModelDir(filepath.Join("fixtures", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("%v: run scripts/fixture-models", err)
	}
	return dir
}

// referencePair is the result of the reference implementations for a pair.
type referencePair struct {
	Query, Passage string
	IDs, Types     []int64
	Logit          float64 // of the float32 model in torch
	Int8           float64 // of the int8 model in Python's ONNX Runtime
}

func reference(t *testing.T, dir string) []referencePair {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "reference.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []referencePair
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p referencePair
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	if err := lines.Err(); err != nil || len(out) != 500 {
		t.Fatalf("%d pairs, %v", len(out), err)
	}
	return out
}

// TestParity compares token ids and logits with those of the reference
// implementations (scripts/make-fixture-models). The int8 file is compared with
// itself, run by ONNX Runtime in Python: its distance from float32 depends on
// its weights. Rounding reorders pairs whose scores nearly tie, of which random
// weights give more than trained ones. The test checks separately that no
// others are reordered.
func TestParity(t *testing.T) {
	logit := func(p referencePair) float64 { return p.Logit }
	for _, model := range []string{"bert-tiny", "xlmr-tiny"} {
		dir := fixture(t, model)
		pairs := reference(t, dir)
		for _, c := range []struct {
			file      string
			int8      bool
			tolerance float64
			order     float64 // share of adjacent pairs that keep the order of float32
			want      func(referencePair) float64
		}{
			{"model.safetensors", false, 1e-4, 0.99, logit},
			{"model.safetensors", true, 0.15, 0.98, logit},
			{"model.onnx", false, 1e-4, 0.99, logit},
			{"model_fp16.onnx", false, 2e-2, 0.99, logit},
			{"model_int8.onnx", false, 1e-3, 0.96, func(p referencePair) float64 { return p.Int8 }},
		} {
			t.Run(fmt.Sprintf("%s/%s/%t", model, c.file, c.int8), func(t *testing.T) {
				encoder, err := onnx.NewCrossEncoder(onnx.CrossEncoderConfig{Dir: dir, File: c.file, Int8: c.int8, DeviceConfig: onnx.DeviceConfig{Device: onnx.CPU}})
				if err != nil {
					t.Fatal(err)
				}
				defer encoder.Close()
				got := make([]float64, len(pairs))
				worst := 0.0
				for i, p := range pairs {
					pair := encoder.Pair(encoder.Query(p.Query), encoder.Passage(p.Passage, 1))
					if !reflect.DeepEqual(pair.IDs(), p.IDs) || !reflect.DeepEqual(pair.Types(), p.Types) {
						t.Fatalf("pair %d (%.60q, %.60q): token ids\n%v\nwant\n%v", i, p.Query, p.Passage, pair.IDs(), p.IDs)
					}
					scores, err := encoder.Score(t.Context(), []onnx.Pair{pair})
					if err != nil {
						t.Fatal(err)
					}
					got[i] = scores[0]
					if d := math.Abs(got[i] - c.want(p)); d > worst {
						worst = d
						if d > c.tolerance {
							t.Errorf("pair %d: logit %v, want %v", i, got[i], c.want(p))
						}
					}
				}
				same, apart, ties := sameOrder(got, pairs)
				t.Logf("largest difference of a logit %.2g; order of float32 in %.1f%% of adjacent pairs, and in %.1f%% without %d near-ties",
					worst, 100*same, 100*apart, ties)
				if same < c.order || apart < 0.99 {
					t.Errorf("only %.1f%% of adjacent pairs keep the order of float32; %.1f%% of those that do not nearly tie", 100*same, 100*apart)
				}
			})
		}
	}
}

// sameOrder returns the share of adjacent pairs in the list whose order by
// score is the reference's: over all pairs, and over those that do not nearly
// tie in the reference. Two scores nearly tie if they differ by less than twice
// the standard deviation of the scores' errors.
func sameOrder(got []float64, pairs []referencePair) (all, apart float64, ties int) {
	var sum, squares float64
	for i, p := range pairs {
		sum += got[i] - p.Logit
		squares += (got[i] - p.Logit) * (got[i] - p.Logit)
	}
	n := float64(len(pairs))
	near := 2 * math.Sqrt(max(0, squares/n-sum/n*sum/n))
	for i := 1; i < len(got); i++ {
		d := pairs[i].Logit - pairs[i-1].Logit
		same := (got[i] > got[i-1]) == (d > 0) || got[i] == got[i-1] && d == 0
		if same {
			all++
		}
		switch {
		case math.Abs(d) < near:
			ties++
		case same:
			apart++
		}
	}
	return all / (n - 1), apart / (n - 1 - float64(ties)), ties
}
