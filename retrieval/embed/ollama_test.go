package embed

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"selfrag/internal/vec"
	"selfrag/retrieval"
)

// fakeOllama returns a vector made from the length of each text, and records
// its requests.
type fakeOllama struct {
	batches [][]string
	answer  func(texts []string) ([][]float32, error) // nil: the usual vectors
}

func (f *fakeOllama) Embed(_ context.Context, model string, texts []string) ([][]float32, error) {
	f.batches = append(f.batches, slices.Clone(texts))
	if f.answer != nil {
		return f.answer(texts)
	}
	return vectors(texts), nil
}

func vectors(texts []string) [][]float32 {
	out := make([][]float32, len(texts))
	for i, text := range texts {
		out[i] = []float32{float32(len(text)), 1, 0}
	}
	return out
}

func newOllama(t *testing.T, f *fakeOllama, cfg OllamaConfig) *Ollama {
	t.Helper()
	o, err := NewOllama(t.Context(), f, cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.batches = nil
	return o
}

func TestOllamaSpec(t *testing.T) {
	for model, want := range map[string]string{
		"mxbai-embed-large":        "ollama/mxbai-embed-large",
		"mxbai-embed-large:latest": "ollama/mxbai-embed-large",
		"mxbai-embed-large:335m":   "ollama/mxbai-embed-large:335m",
	} {
		spec := newOllama(t, &fakeOllama{}, OllamaConfig{Model: model}).Spec()
		if !spec.Same(retrieval.EmbedderSpec{Model: want, Dimensions: 3, Metric: "cosine"}) {
			t.Errorf("%s: got %+v", model, spec)
		}
		if !spec.Knows("en") || spec.Knows("ko") {
			t.Errorf("%s: got languages %v, want English only", model, spec.Languages)
		}
	}
}

func TestOllamaPutsPromptsBefore(t *testing.T) {
	f := &fakeOllama{}
	o := newOllama(t, f, OllamaConfig{Model: "nomic-embed-text"})
	if _, err := o.EmbedQuery(t.Context(), "who?"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.EmbedDocuments(t.Context(), []string{"they"}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(f.batches); got != "[[search_query: who?] [search_document: they]]" {
		t.Errorf("asked for %s", got)
	}

	f = &fakeOllama{}
	o = newOllama(t, f, OllamaConfig{Model: "nomic-embed-text", Profile: &Profile{QueryPrompt: "Q: "}})
	if _, err := o.EmbedQuery(t.Context(), "who?"); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(f.batches); got != "[[Q: who?]]" {
		t.Errorf("with a profile of one's own it asked for %s", got)
	}
}

// The first values of a vector are scaled to unit length again.
func TestOllamaDimensions(t *testing.T) {
	o := newOllama(t, &fakeOllama{}, OllamaConfig{Model: "mxbai-embed-large:latest", Dimensions: 2})
	if spec := o.Spec(); spec.Model != "ollama/mxbai-embed-large@2" || spec.Dimensions != 2 {
		t.Errorf("got %+v", spec)
	}
	got, err := o.EmbedDocuments(t.Context(), []string{"xxx"})
	if err != nil || !slices.Equal(got[0], vec.Unit([]float32{3, 1})) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, n := range []int{-1, 4} {
		if _, err := NewOllama(t.Context(), &fakeOllama{}, OllamaConfig{Model: "bge-m3", Dimensions: n}); err == nil {
			t.Errorf("%d of 3 dimensions: no error", n)
		}
	}
}

func TestOllamaBatches(t *testing.T) {
	f := &fakeOllama{}
	o := newOllama(t, f, OllamaConfig{Model: "bge-m3", Batch: 3})
	texts := make([]string, 8)
	for i := range texts {
		texts[i] = strings.Repeat("x", i+1)
	}
	got, err := o.EmbedDocuments(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.batches) != 3 || len(f.batches[0]) != 3 || len(f.batches[2]) != 2 {
		t.Errorf("batches were %q", f.batches)
	}
	if len(got) != len(texts) {
		t.Fatalf("got %d vectors for %d texts", len(got), len(texts))
	}
	for i, v := range got {
		if want := vec.Unit([]float32{float32(i + 1), 1, 0}); !slices.Equal(v, want) {
			t.Errorf("text %d: got %v, want %v", i, v, want)
		}
		if norm := math.Hypot(float64(v[0]), float64(v[1])); math.Abs(norm-1) > 1e-6 {
			t.Errorf("text %d has length %f", i, norm)
		}
	}
	if none, err := o.EmbedDocuments(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("no texts: got %v, %v", none, err)
	}
}

func TestOllamaRefusesBrokenAnswers(t *testing.T) {
	down := errors.New("connection refused")
	for name, c := range map[string]struct {
		answer func([]string) ([][]float32, error)
		want   string
	}{
		"too few":     {func([]string) ([][]float32, error) { return nil, nil }, "0 vectors for 2 texts"},
		"empty":       {func(t []string) ([][]float32, error) { return make([][]float32, len(t)), nil }, "0 dimensions"},
		"other model": {func(t []string) ([][]float32, error) { return [][]float32{{1}, {1}}, nil }, "1 dimensions where 3"},
		"error":       {func([]string) ([][]float32, error) { return nil, down }, "texts 1 to 2 of 2"},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeOllama{}
			o := newOllama(t, f, OllamaConfig{Model: "bge-m3"})
			f.answer = c.answer
			_, err := o.EmbedDocuments(t.Context(), []string{"a", "b"})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
			if name == "error" && !errors.Is(err, down) {
				t.Errorf("got %v, which does not wrap the client's error", err)
			}
		})
	}
	f := &fakeOllama{answer: func([]string) ([][]float32, error) { return nil, down }}
	if _, err := NewOllama(t.Context(), f, OllamaConfig{Model: "bge-m3"}); !errors.Is(err, down) {
		t.Errorf("at construction: got %v", err)
	}
	if _, err := NewOllama(t.Context(), f, OllamaConfig{}); err == nil {
		t.Error("no model: no error")
	}
}

// A cancelled client may return anything without an error.
func TestOllamaEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fakeOllama{}
	o := newOllama(t, f, OllamaConfig{Model: "bge-m3", Batch: 1})
	f.answer = func(texts []string) ([][]float32, error) {
		cancel()
		return vectors(texts), nil
	}
	if _, err := o.EmbedDocuments(ctx, []string{"a", "b", "c"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if len(f.batches) != 1 {
		t.Errorf("asked %d times, want 1", len(f.batches))
	}
}
