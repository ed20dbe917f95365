//go:build onnx

package onnx

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	ort "github.com/yalue/onnxruntime_go"

	"selfrag/internal/half"
	"selfrag/internal/safetensors"
)

// crossEncoder is the folder of a model that scripts/fixture-models makes.
func crossEncoder(t testing.TB, name string) string {
	t.Helper()
	dir, err := ModelDir(filepath.Join("fixtures", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("%v: run scripts/fixture-models", err)
	}
	return dir
}

// withWeights is a copy of a model's folder without .onnx files.
func withWeights(t *testing.T, from string, weights []byte, change func(config map[string]any)) string {
	t.Helper()
	dir := folder(t, safetensors.FileName, weights)
	var config map[string]any
	if err := json.Unmarshal(read(t, filepath.Join(from, "config.json")), &config); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(config)
	}
	changed, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "config.json"), string(changed))
	write(t, filepath.Join(dir, "tokenizer.json"), string(read(t, filepath.Join(from, "tokenizer.json"))))
	return dir
}

func openPairs(t *testing.T, cfg CrossEncoderConfig) *CrossEncoder {
	t.Helper()
	cfg.Device = CPU
	c, err := NewCrossEncoder(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func somePairs(c *CrossEncoder) []Pair {
	var pairs []Pair
	for _, text := range []string{"", "the company", strings.Repeat("육아휴직은 90일입니다. ", 9), strings.Repeat("long ", 600)} {
		pairs = append(pairs, c.Pair(c.Query("who keeps the books?"), c.Passage(text, 1)))
	}
	return pairs
}

// farthest is the largest difference of two models' scores.
func farthest(t *testing.T, a, b *CrossEncoder) float64 {
	t.Helper()
	largest := 0.0
	one, err := a.Score(t.Context(), somePairs(a))
	if err != nil {
		t.Fatal(err)
	}
	other, err := b.Score(t.Context(), somePairs(b))
	if err != nil {
		t.Fatal(err)
	}
	for i := range one {
		largest = max(largest, math.Abs(one[i]-other[i]))
	}
	return largest
}

// Graphs that are built give the scores of exported ones: for a CPU and, with a
// mask, as for a GPU; from weights of each precision.
func TestBuiltGraphs(t *testing.T) {
	for _, name := range []string{"bert-tiny", "xlmr-tiny"} {
		dir := crossEncoder(t, name)
		exported := openPairs(t, CrossEncoderConfig{Dir: dir, File: "model.onnx"})
		built := openPairs(t, CrossEncoderConfig{Dir: dir})
		if !built.session.alone || exported.session.alone {
			t.Fatalf("%s: the graph was not built from the weights", name)
		}
		if d := farthest(t, built, exported); d > 1e-4 {
			t.Errorf("%s: built and exported differ by %v", name, d)
		}

		w, err := readWeights(filepath.Join(dir, safetensors.FileName))
		if err != nil {
			t.Fatal(err)
		}
		config, err := readModelConfig(filepath.Join(dir, "config.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, half := range []bool{false, true} {
			masked := &classifier{output: "logits", blanks: padding{config.PadTokenID, config.firstPosition()}}
			var model []byte
			if model, masked.inputs, masked.labels, err = classifierGraph(w, config, graphFor(CUDA, half)); err != nil {
				t.Fatal(err)
			}
			err := DeviceConfig{}.with(CPU, func(options *ort.SessionOptions) error {
				masked.ort, err = openGraph(model, w, masked.inputs, "logits", options)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			other := *built
			other.session = masked
			limit := 1e-4
			if half {
				limit = 2e-2
			}
			if d := farthest(t, &other, exported); d > limit {
				t.Errorf("%s: a padded batch differs by %v, in float16: %v", name, d, half)
			} else if half && d == 0 {
				t.Errorf("%s: float16 changes nothing", name)
			}
			if err := masked.close(); err != nil {
				t.Error(err)
			}
		}

		for dtype, tolerance := range map[string]float64{"F16": 5e-3, "BF16": 0.1} {
			half := openPairs(t, CrossEncoderConfig{Dir: withWeights(t, dir, narrowed(t, w, dtype), nil)})
			if d := farthest(t, half, exported); d > tolerance {
				t.Errorf("%s: weights in %s differ by %v", name, dtype, d)
			}
		}
		rounded := openPairs(t, CrossEncoderConfig{Dir: dir, Int8: true})
		if d := farthest(t, rounded, exported); d == 0 || d > 0.5 {
			t.Errorf("%s: weights in 7 bits differ by %v", name, d)
		}
	}
}

// narrowed is the file of the weights in half precision.
func narrowed(t *testing.T, w *weights, dtype string) []byte {
	t.Helper()
	header, data := map[string]any{}, []byte(nil)
	for name, tensor := range w.tensors {
		numbers, err := w.read(tensor)
		if err != nil {
			t.Fatal(err)
		}
		begin := len(data)
		for _, x := range numbers {
			bits := uint16((math.Float32bits(x) + 0x8000) >> 16)
			if dtype == "F16" {
				bits = half.Bits(float64(x))
			}
			data = binary.LittleEndian.AppendUint16(data, bits)
		}
		header[name] = map[string]any{"dtype": dtype, "shape": tensor.shape, "data_offsets": []int{begin, len(data)}}
	}
	raw, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	return append(weightsOf(string(raw), 0), data...)
}

func TestModelsThatCannotBeBuilt(t *testing.T) {
	dir := crossEncoder(t, "bert-tiny")
	whole := read(t, filepath.Join(dir, safetensors.FileName))
	set := func(key string, value any) func(map[string]any) {
		return func(config map[string]any) { config[key] = value }
	}
	for name, c := range map[string]struct {
		weights []byte
		change  func(map[string]any)
		want    string
	}{
		"truncated":           {whole[:len(whole)/2], nil, "truncated"},
		"garbage":             {[]byte("<html>404 Not Found</html>"), nil, "not a safetensors file"},
		"another family":      {whole, set("model_type", "deberta-v2"), `config.json says "deberta-v2"`},
		"another activation":  {whole, set("hidden_act", "silu"), `"silu", not gelu`},
		"relative positions":  {whole, set("position_embedding_type", "relative_key"), "relative_key"},
		"another width":       {whole, set("hidden_size", 128), "of shape"},
		"more layers":         {whole, set("num_hidden_layers", 3), "no tensor bert.encoder.layer.2."},
		"heads that do not":   {whole, set("num_attention_heads", 7), "7 heads"},
		"RoBERTa by its name": {whole, set("model_type", "roberta"), "classifier.out_proj"},
	} {
		_, err := NewCrossEncoder(CrossEncoderConfig{Dir: withWeights(t, dir, c.weights, c.change), DeviceConfig: DeviceConfig{Device: CPU}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	// Where there is an .onnx file too, that is used.
	other := withWeights(t, dir, whole, set("model_type", "nomic_bert"))
	write(t, filepath.Join(other, "model.onnx"), string(read(t, filepath.Join(dir, "model.onnx"))))
	if c := openPairs(t, CrossEncoderConfig{Dir: other}); c.session.alone {
		t.Error("a model of another family was built")
	}
	if _, err := NewCrossEncoder(CrossEncoderConfig{Dir: other, Int8: true, DeviceConfig: DeviceConfig{Device: CPU}}); err == nil {
		t.Error("a model of another family was rounded")
	}
}
