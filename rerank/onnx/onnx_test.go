//go:build onnx

package onnx

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"selfrag/internal/onnx"
	"selfrag/retrieval"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newReranker(t testing.TB, cfg Config) *Reranker {
	t.Helper()
	if cfg.Model == "" {
		cfg.Model = fixture(t, "bert-tiny")
	}
	cfg.Device = CPU
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func passages(texts ...string) []retrieval.Passage {
	out := make([]retrieval.Passage, len(texts))
	for i, text := range texts {
		out[i] = retrieval.Passage{ID: fmt.Sprint(i), Text: text}
	}
	return out
}

func rerank(t *testing.T, r *Reranker, query string, in []retrieval.Passage) map[string]float64 {
	t.Helper()
	ranked, err := r.Rerank(t.Context(), query, in)
	if err != nil || len(ranked) != len(in) {
		t.Fatalf("got %d passages of %d, %v", len(ranked), len(in), err)
	}
	scores := map[string]float64{}
	for i, p := range ranked {
		if p.Rerank == nil || *p.Rerank != p.Score || math.IsNaN(p.Score) {
			t.Fatalf("passage %s: score %v, rerank %v", p.ID, p.Score, p.Rerank)
		}
		if i > 0 && ranked[i-1].Score < p.Score {
			t.Fatalf("not best first: %v before %v", ranked[i-1].Score, p.Score)
		}
		scores[p.ID] = p.Score
	}
	return scores
}

func TestRerank(t *testing.T) {
	r := newReranker(t, Config{})
	if got := rerank(t, r, "q", nil); len(got) != 0 {
		t.Errorf("nothing: got %v", got)
	}
	mixed := passages("Passwords have 14 characters.", "육아휴직은 90일입니다.", "", strings.Repeat("long ", 400), "\x00\xff")
	together := rerank(t, r, "passwords", mixed)
	for _, p := range mixed {
		if alone := rerank(t, r, "passwords", []retrieval.Passage{p}); alone[p.ID] != together[p.ID] {
			t.Errorf("passage %s has score %v alone and %v among others", p.ID, alone[p.ID], together[p.ID])
		}
	}
	titled := passages("text")
	titled[0].Title = "Title"
	if rerank(t, r, "q", titled)["0"] != rerank(t, r, "q", passages("Title\ntext"))["0"] {
		t.Error("the title is not read")
	}
	bounded := rerank(t, newReranker(t, Config{Sigmoid: true}), "passwords", mixed)
	for id, s := range bounded {
		if want := 1 / (1 + math.Exp(-together[id])); math.Abs(s-want) > 1e-12 {
			t.Errorf("passage %s: sigmoid %v, want %v", id, s, want)
		}
	}
}

// A passage is as good as its best window, which may lie beyond its beginning. The two
// texts have the same halves in different orders, so for any weights of the model one of
// them has a better window than its first.
func TestWindows(t *testing.T) {
	offices := strings.Repeat("the company keeps books about offices leave travel people products ", 60)
	security := strings.Repeat("passwords of 14 characters keep every account of staff secure ", 60)
	first, many := newReranker(t, Config{MaxTokens: 64}), newReranker(t, Config{MaxTokens: 64, Windows: 40})
	better := 0
	for _, text := range []string{offices + security, security + offices} {
		ofFirst := rerank(t, first, "security", passages(text))["0"]
		ofAll := rerank(t, many, "security", passages(text))["0"]
		if ofAll < ofFirst {
			t.Errorf("the best of 40 windows has %v, the first %v", ofAll, ofFirst)
		}
		if ofAll > ofFirst {
			better++
		}
	}
	if better == 0 {
		t.Error("no text has a better window than its first")
	}
	short := passages("short")
	if rerank(t, many, "q", short)["0"] != rerank(t, first, "q", short)["0"] {
		t.Error("windows change the score of a short passage")
	}
}

func TestManyAndLarge(t *testing.T) {
	r := newReranker(t, Config{})
	many := make([]retrieval.Passage, 10_000)
	for i := range many {
		many[i] = retrieval.Passage{ID: fmt.Sprint(i), Text: fmt.Sprint("passage ", i%7)}
	}
	if scores := rerank(t, r, "q", many); scores["0"] != scores["7"] {
		t.Error("the same text has two scores")
	}
	large := strings.Repeat("한국어 문장과 English words. ", 40_000) // more than 1 MB
	if got := rerank(t, r, "q", passages(large, large[:8000])); got["0"] != got["1"] {
		t.Errorf("1 MB has score %v, its beginning %v", got["0"], got["1"])
	}
}

func TestConcurrentRequests(t *testing.T) {
	r := newReranker(t, Config{})
	in := passages("one", "two words", "three little words", "네 단어")
	want := rerank(t, r, "q", in)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			ranked, err := r.Rerank(t.Context(), "q", in)
			if err != nil {
				t.Error(err)
			}
			for _, p := range ranked {
				if p.Score != want[p.ID] {
					t.Errorf("passage %s: %v, want %v", p.ID, p.Score, want[p.ID])
				}
			}
		})
	}
	wg.Wait()
}

func TestCancel(t *testing.T) {
	r := newReranker(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Rerank(ctx, "q", passages("a", "b", "c")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// folderWith returns a copy of a fixture with some files replaced. nil leaves a
// file out.
func folderWith(t *testing.T, from string, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"model.onnx", "model.safetensors", "tokenizer.json", "config.json"} {
		content, replaced := files[name]
		if name == "model.safetensors" && !replaced {
			continue // most cases are about the .onnx file
		}
		if !replaced {
			var err error
			if content, err = os.ReadFile(filepath.Join(fixture(t, from), name)); err != nil {
				t.Fatal(err)
			}
		}
		if content == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestBadModels(t *testing.T) {
	read := func(name, file string) []byte {
		content, err := os.ReadFile(filepath.Join(fixture(t, name), file))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	whole, weights := read("bert-tiny", "model.onnx"), read("bert-tiny", "model.safetensors")
	minilm, err := onnx.ModelDir("all-minilm-l6-v2")
	if err != nil {
		t.Fatal(err)
	}
	embedder, err := os.ReadFile(filepath.Join(minilm, "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		files map[string][]byte
		want  string
	}{
		"truncated weights":  {map[string][]byte{"model.safetensors": weights[:len(weights)/2]}, "truncated"},
		"weights of another": {map[string][]byte{"model.safetensors": read("xlmr-tiny", "model.safetensors"), "model.onnx": nil}, "no tensor classifier.weight"},
		"larger vocabulary":  {map[string][]byte{"tokenizer.json": read("xlmr-tiny", "tokenizer.json")}, "another model's"},
		"no weights":         {map[string][]byte{"model.onnx": nil}, "the model is missing"},
		"no tokenizer":       {map[string][]byte{"tokenizer.json": nil}, "the tokenizer is missing"},
		"no config":          {map[string][]byte{"config.json": nil}, "the model's config is missing"},
		"truncated":          {map[string][]byte{"model.onnx": whole[:len(whole)/2]}, "read the model"},
		"an embedder":        {map[string][]byte{"model.onnx": embedder}, "384 labels, where a cross-encoder has one"},
		"said to be one":     {map[string][]byte{"config.json": []byte(`{"architectures":["BertModel"]}`)}, "BertModel, not a model for sequence classification"},
		"config is not JSON": {map[string][]byte{"config.json": []byte("<html>")}, "config"},
		"another tokenizer":  {map[string][]byte{"tokenizer.json": read("minilm-l6", "tokenizer.json"), "model.onnx": read("xlmr-tiny", "model.onnx"), "config.json": []byte(`{}`)}, ""},
		"tokenizer is none":  {map[string][]byte{"tokenizer.json": []byte(`{}`)}, `no field "model"`},
		"NaN":                {map[string][]byte{"model.onnx": read("bert-tiny", "model_nan.onnx")}, "scored a pair NaN"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := New(Config{Model: folderWith(t, "bert-tiny", c.files), DeviceConfig: DeviceConfig{Device: CPU}})
			if r != nil {
				// A tokenizer of the same size cannot be distinguished from the
				// right one. Then there are scores, and nothing crashes.
				rerank(t, r, "q", passages("a", strings.Repeat("단어 word ", 300)))
				_ = r.Close()
			}
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := New(Config{Model: "no-such-model"}); err == nil || !strings.Contains(err.Error(), "selfrag models pull no-such-model") {
		t.Errorf("got %v", err)
	}
	if _, err := New(Config{}); err == nil {
		t.Error("no model was taken")
	}
}

func TestPlan(t *testing.T) {
	r := newReranker(t, Config{})
	q := r.model.Query("q")
	var pairs []pair
	for _, n := range []int{3, 200, 1, 50, 50, 120} {
		pairs = append(pairs, pair{r.model.Pair(q, r.model.Passage(strings.Repeat("a ", n), 1)), 0})
	}
	for _, c := range []struct {
		limits batchLimits
		want   string
	}{
		{batchLimits{pairs: 1}, "[[1] [5] [3] [4] [0] [2]]"},
		{batchLimits{pairs: 4}, "[[1 5 3 4] [0 2]]"},
		{batchLimits{pairs: 4, tokens: 300}, "[[1] [5 3] [4 0 2]]"},
		{batchLimits{pairs: 4, tokens: 1}, "[[1] [5] [3] [4] [0] [2]]"},
	} {
		if got := fmt.Sprint(plan(pairs, c.limits)); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.limits, got, c.want)
		}
	}
}

// Batches give the same scores as single pairs, because padding is masked.
func TestPaddedBatches(t *testing.T) {
	for _, name := range []string{"bert-tiny", "xlmr-tiny"} {
		r := newReranker(t, Config{Model: fixture(t, name)})
		q := r.model.Query("who keeps the books?")
		var batch []onnx.Pair
		for _, n := range []int{1, 30, 7} {
			batch = append(batch, r.model.Pair(q, r.model.Passage(strings.Repeat("the company ", n), 1)))
		}
		together, err := r.model.Score(t.Context(), batch)
		if err != nil {
			t.Fatal(err)
		}
		for i := range batch {
			alone, err := r.model.Score(t.Context(), batch[i:i+1])
			if err != nil || math.Abs(alone[0]-together[i]) > 1e-4 {
				t.Errorf("%s, pair %d: %v in a batch, %v alone, %v", name, i, together[i], alone, err)
			}
		}
	}
}

func TestDevices(t *testing.T) {
	var warned []string
	r, err := New(Config{Model: fixture(t, "bert-tiny"), DeviceConfig: DeviceConfig{Warn: func(w string) { warned = append(warned, w) }}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.Device() == CPU {
		var missing *onnx.DeviceError
		if _, err := New(Config{Model: fixture(t, "bert-tiny"), DeviceConfig: DeviceConfig{Device: CUDA, DeviceID: 3, MaxGPUMemory: 1 << 30}}); !errors.As(err, &missing) {
			t.Errorf("a GPU was insisted on: got %v", err)
		}
	}
	if len(warned) > 1 {
		t.Errorf("warned %q", warned)
	}
}
