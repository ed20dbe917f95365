//go:build onnx

package embed

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"selfrag/retrieval"
)

// tiny is the folder of a small model that testdata/tiny.py writes.
func tiny(t *testing.T, model string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("testdata", "tiny", model))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Both architectures, under each pooling, give the vectors of an encoder
// written in numpy.
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
		for _, pooling := range []Pooling{Mean, CLS, Last} {
			o := openONNX(t, ONNXConfig{Model: tiny(t, model), Profile: &Profile{Pooling: pooling, MaxTokens: map[string]int{"bert": 34, "xlm-roberta": 32}[model]}})
			for _, c := range cases {
				got, err := o.EmbedQuery(t.Context(), c.Text)
				if err != nil {
					t.Fatal(err)
				}
				want := map[Pooling][]float32{Mean: c.Mean, CLS: c.CLS, Last: c.Last}[pooling]
				for i := range want {
					if len(got) != len(want) || math.Abs(float64(got[i]-want[i])) > 1e-4 {
						t.Errorf("%s, %s, %.20q: got %v, want %v", model, pooling, c.Text, got, want)
						break
					}
				}
			}
		}
	}
}

// A folder tells by its files how its model is used, and the record keeps it.
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

// sentence-transformers puts the model one folder below.
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
