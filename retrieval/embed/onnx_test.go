//go:build onnx

package embed

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// newONNX opens all-MiniLM-L6-v2.
func newONNX(t testing.TB) *ONNX {
	t.Helper()
	return openONNX(t, ONNXConfig{Model: "all-minilm-l6-v2"})
}

func openONNX(t testing.TB, cfg ONNXConfig) *ONNX {
	t.Helper()
	o, err := NewONNX(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// reference.py writes reference.json with the reference implementation.
func TestONNXAgreesWithTheReference(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Text string
		Tokens     int
		Vector     []float32
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	o := newONNX(t)
	texts := make([]string, len(cases))
	for i, c := range cases {
		texts[i] = c.Text
	}
	documents, err := o.EmbedDocuments(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		query, err := o.EmbedQuery(t.Context(), c.Text)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(query, documents[i]) {
			t.Errorf("%s: the query's vector is not the passage's, though the model has no prompts", c.Name)
		}
		cosine, off := 0.0, 0.0
		for j, want := range c.Vector {
			cosine += float64(want) * float64(query[j])
			off = max(off, math.Abs(float64(want-query[j])))
		}
		if len(query) != len(c.Vector) || cosine < 0.9999 || off > 1e-4 {
			t.Errorf("%s: cosine %.6f to the reference, off by up to %g in %d dimensions", c.Name, cosine, off, len(query))
		}
		whole, err := o.Tokens(t.Context(), c.Text)
		if err != nil {
			t.Fatal(err)
		}
		tokens := whole.Vectors
		if len(tokens) != c.Tokens-2 { // without [CLS] and [SEP]
			t.Errorf("%s: %d token vectors, want %d", c.Name, len(tokens), c.Tokens-2)
		}
		for _, v := range tokens {
			if math.Abs(norm(v)-1) > 1e-5 {
				t.Errorf("%s: a token vector of length %f", c.Name, norm(v))
			}
		}
	}
}

func norm(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

func TestONNXSpec(t *testing.T) {
	spec := newONNX(t).Spec()
	if !spec.Same(retrieval.EmbedderSpec{Model: "onnx/all-minilm-l6-v2", Dimensions: 384, Metric: "cosine"}) {
		t.Errorf("got %+v", spec)
	}
	if !spec.Knows("en") || spec.Knows("ko") {
		t.Errorf("got languages %v, want English only", spec.Languages)
	}
}

func TestONNXEndsWithTheContext(t *testing.T) {
	o := newONNX(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	texts := slices.Repeat([]string{strings.Repeat("long ", 300)}, 10_000)
	if v, err := o.EmbedDocuments(ctx, texts); v != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("EmbedDocuments: got %d vectors, %v; want the context's error", len(v), err)
	}
	if _, err := o.EmbedQuery(ctx, "q"); !errors.Is(err, context.Canceled) {
		t.Errorf("EmbedQuery: got %v", err)
	}
	if _, err := o.Tokens(ctx, "q"); !errors.Is(err, context.Canceled) {
		t.Errorf("Tokens: got %v", err)
	}
}

func TestONNXMissing(t *testing.T) {
	for name, c := range map[string]struct {
		cfg    ONNXConfig
		remedy string
	}{
		"the default model":      {ONNXConfig{Dir: t.TempDir()}, "run `selfrag setup multilingual-e5-small`"},
		"the default in float32": {ONNXConfig{Model: e5Small, Dir: t.TempDir()}, "run `selfrag setup multilingual-e5-small`"},
		"the model of English":   {ONNXConfig{Model: "all-minilm-l6-v2", Dir: t.TempDir()}, "run `selfrag setup all-minilm-l6-v2`"},
		"another model":          {ONNXConfig{Model: "my-model", Dir: t.TempDir()}, "put the model's model.safetensors and config.json (or model.onnx)"},
	} {
		_, err := NewONNX(c.cfg)
		var missing *MissingError
		if !errors.As(err, &missing) || !strings.Contains(missing.Remedy, c.remedy) {
			t.Errorf("%s: got %v, want a MissingError with %q", name, err, c.remedy)
		}
	}
}

func BenchmarkONNX(b *testing.B) {
	for _, model := range []string{"all-minilm-l6-v2", e5Small, DefaultONNXModel} {
		b.Run(model, func(b *testing.B) {
			o := openONNX(b, ONNXConfig{Model: model})
			texts := slices.Repeat([]string{strings.Repeat("a passage of some length ", 20)}, 32)
			for b.Loop() {
				if _, err := o.EmbedDocuments(b.Context(), texts); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(texts))/b.Elapsed().Seconds(), "texts/s")
		})
	}
}
