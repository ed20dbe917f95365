//go:build onnx

package embed

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// tiny returns the folder of a small model that testdata/tiny.py writes.
func tiny(t *testing.T, model string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("testdata", "tiny", model))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// weightsOnly returns a folder with the weights of a tiny model instead of its
// .onnx file, so that the model is built from the weights.
func weightsOnly(t *testing.T, model string) string {
	t.Helper()
	files := map[string]string{}
	for from, to := range map[string]string{
		"weights.safetensors": "model.safetensors", "config.json": "config.json", "tokenizer.json": "tokenizer.json",
		"1_Pooling/config.json": "1_Pooling/config.json",
	} {
		data, err := os.ReadFile(filepath.Join(tiny(t, model), from))
		if err != nil {
			t.Fatal(err)
		}
		files[to] = string(data)
	}
	return modelFolder(t, files)
}

// Both architectures, exported and built from their weights, must give the
// vectors of an encoder written in numpy, with each pooling. 7-bit weights must
// give approximately those vectors.
func TestONNXAgreesWithNumpy(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "tiny", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var models map[string][]struct {
		Text            string
		Mean, CLS, Last []float32
	}
	if err := json.Unmarshal(data, &models); err != nil {
		t.Fatal(err)
	}
	for model, cases := range models {
		weights := weightsOnly(t, model)
		for _, folder := range []struct {
			name string
			off  float64
		}{{tiny(t, model), 1e-4}, {weights, 1e-4}, {weights + "#int8", 0.05}} {
			for _, pooling := range []Pooling{Mean, CLS, Last} {
				o := openONNX(t, ONNXConfig{Model: folder.name, Profile: &Profile{Pooling: pooling, MaxTokens: map[string]int{"bert": 34, "xlm-roberta": 32}[model]}})
				for _, c := range cases {
					got, err := o.EmbedQuery(t.Context(), c.Text)
					if err != nil {
						t.Fatal(err)
					}
					want := map[Pooling][]float32{Mean: c.Mean, CLS: c.CLS, Last: c.Last}[pooling]
					for i := range want {
						if len(got) != len(want) || math.Abs(float64(got[i]-want[i])) > folder.off {
							t.Errorf("%s, %s, %.20q: got %v, want %v", folder.name, pooling, c.Text, got, want)
							break
						}
					}
				}
			}
		}
	}
}

// A name with #int8 is another embedder than the name without it, and can be
// opened again by that name.
func TestONNXInt8Name(t *testing.T) {
	dir := weightsOnly(t, "bert")
	plain, rounded := openONNX(t, ONNXConfig{Model: dir}), openONNX(t, ONNXConfig{Model: dir + "#int8"})
	if plain.Spec().Same(rounded.Spec()) || rounded.Spec().Model != "onnx/"+dir+"#int8" {
		t.Errorf("got %s and %s", plain.Spec().Model, rounded.Spec().Model)
	}
	name, err := ParseName(rounded.Spec().Model)
	if err != nil {
		t.Fatal(err)
	}
	again := openONNX(t, ONNXConfig{Model: name.Model, Profile: Recorded(rounded.Spec())})
	if !again.Spec().Same(rounded.Spec()) {
		t.Errorf("opened by its record: %+v, first %+v", again.Spec(), rounded.Spec())
	}
	for _, o := range []*ONNX{plain, rounded, again} {
		if v, err := o.EmbedQuery(t.Context(), "the river"); err != nil || math.Abs(norm(v)-1) > 1e-5 {
			t.Errorf("%s: %v, %v", o.Spec().Model, v, err)
		}
	}
	if one, two := embedded(t, plain, "the river"), embedded(t, rounded, "the river"); slices.Equal(one, two) {
		t.Error("the weights are not rounded")
	}
	if one, two := embedded(t, again, "the river"), embedded(t, rounded, "the river"); !slices.Equal(one, two) {
		t.Error("the weights are not rounded again")
	}
}

func embedded(t *testing.T, o *ONNX, text string) []float32 {
	t.Helper()
	v, err := o.EmbedQuery(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Errors about broken folders say what is wrong.
func TestONNXBrokenFolders(t *testing.T) {
	for name, c := range map[string]struct {
		file, content, want string
	}{
		"no weights":           {"model.safetensors", "<html>404</html>", "not a safetensors file"},
		"no config":            {"config.json", "<html>", "config.json"},
		"another architecture": {"config.json", `{"model_type": "nomic_bert"}`, `config.json says "nomic_bert"`},
		"a larger tokenizer": {"config.json", `{"model_type": "bert", "vocab_size": 5, "hidden_act": "gelu", "hidden_size": 8, "intermediate_size": 16,
			"num_hidden_layers": 1, "num_attention_heads": 2, "type_vocab_size": 2, "layer_norm_eps": 1e-12}`, "the tokenizer is another model's"},
		"texts of two tokens": {"sentence_bert_config.json", `{"max_seq_length": 2}`, "2 tokens at once"},
		"no tokenizer":        {"tokenizer.json", "{}", `no field "model"`},
	} {
		dir := weightsOnly(t, "bert")
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := NewONNX(ONNXConfig{Model: dir}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

// If no model can be built from the weights, the .onnx file beside them is
// used.
func TestONNXExportBesideWeights(t *testing.T) {
	dir := weightsOnly(t, "bert")
	model, err := os.ReadFile(filepath.Join(tiny(t, "bert"), "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{"config.json": `{"model_type": "nomic_bert", "max_position_embeddings": 34}`, "model.onnx": string(model)} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, want := embedded(t, openONNX(t, ONNXConfig{Model: dir}), "the river"), embedded(t, openONNX(t, ONNXConfig{Model: tiny(t, "bert")}), "the river")
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The files of a folder say how to use its model, and the record keeps that.
func TestONNXReadsTheFolder(t *testing.T) {
	for model, want := range map[string]retrieval.EmbedderSpec{
		"bert":        {Pooling: "mean", MaxTokens: 34},
		"xlm-roberta": {Pooling: "cls", MaxTokens: 32},
	} {
		want.Model, want.Dimensions, want.Metric, want.Normalised = "onnx/"+tiny(t, model), 8, "cosine", true
		o := openONNX(t, ONNXConfig{Model: "./testdata/tiny/" + model})
		if !o.Spec().Same(want) {
			t.Errorf("%s: got %+v, want %+v", model, o.Spec(), want)
		}
		again := openONNX(t, ONNXConfig{Model: "./testdata/tiny/" + model, Profile: Recorded(o.Spec())})
		if !again.Spec().Same(o.Spec()) {
			t.Errorf("%s: opened by its record: %+v, first %+v", model, again.Spec(), o.Spec())
		}
	}
}

func TestONNXPromptsAndDimensions(t *testing.T) {
	o := openONNX(t, ONNXConfig{Model: tiny(t, "bert"), Dimensions: 3, Profile: &Profile{QueryPrompt: "the river ", PassagePrompt: "the "}})
	query, err := o.EmbedQuery(t.Context(), "is cold")
	if err != nil {
		t.Fatal(err)
	}
	passages, err := o.EmbedDocuments(t.Context(), []string{"river is cold", "is cold"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(query, passages[0]) || slices.Equal(query, passages[1]) {
		t.Errorf("got %v for the query, %v for the passages", query, passages)
	}
	if len(query) != 3 || math.Abs(norm(query)-1) > 1e-6 || o.Spec().Dimensions != 3 {
		t.Errorf("got %v, %+v", query, o.Spec())
	}
	if _, err := NewONNX(ONNXConfig{Model: tiny(t, "bert"), Dimensions: 9}); err == nil {
		t.Error("9 of 8 dimensions: no error")
	}
}

// sentence-transformers puts the model into a subfolder.
func TestONNXModelBelow(t *testing.T) {
	model, err := os.ReadFile(filepath.Join(tiny(t, "bert"), "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	vocabulary, err := os.ReadFile(filepath.Join(tiny(t, "bert"), "tokenizer.json"))
	if err != nil {
		t.Fatal(err)
	}
	dir := modelFolder(t, map[string]string{"onnx/model.onnx": string(model), "tokenizer.json": string(vocabulary), "config.json": `{"max_position_embeddings": 34}`})
	if o := openONNX(t, ONNXConfig{Model: dir}); o.Spec().Dimensions != 8 || o.Spec().MaxTokens != 34 {
		t.Errorf("got %+v", o.Spec())
	}
}
