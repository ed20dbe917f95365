//go:build onnx

package embed

import (
	"math"
	"slices"
	"strings"
	"testing"

	"selfrag/internal/vec"
	"selfrag/retrieval"
)

func TestDefaultSpec(t *testing.T) {
	for model, want := range map[string]string{"": "onnx/multilingual-e5-small#int8", e5Small: "onnx/multilingual-e5-small"} {
		spec := openONNX(t, ONNXConfig{Model: model}).Spec()
		if !spec.Same(retrieval.EmbedderSpec{
			Model: want, Dimensions: 384, Metric: "cosine", Pooling: "mean", Normalised: true, QueryPrompt: "query: ", PassagePrompt: "passage: ", MaxTokens: 512,
		}) {
			t.Errorf("%q: got %+v", model, spec)
		}
		if !spec.Knows("en") || !spec.Knows("ko") {
			t.Errorf("%q: got languages %v", model, spec.Languages)
		}
	}
}

// The model reads the prompt before a text, but the vectors of the text must
// not include those of the prompt.
func TestTokensLeaveThePromptOut(t *testing.T) {
	o := openONNX(t, ONNXConfig{})
	for _, text := range []string{"the river is cold", "강물은 차갑다", " 앞에 공백", "passage: query: ", "🙂", "漢", ""} {
		whole, err := o.encoder.Encode(t.Context(), "passage: "+text)
		if err != nil {
			t.Fatal(err)
		}
		prompt, err := o.encoder.Encode(t.Context(), "passage:")
		if err != nil {
			t.Fatal(err)
		}
		// The space after the prompt belongs to the first word of the text.
		first, last := len(prompt.Vectors)-1, len(whole.Vectors)-1
		tokens, err := o.Tokens(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		got := tokens.Vectors
		if len(tokens.Spans) != len(got) || len(tokens.Rarity) != len(got) {
			t.Fatalf("%q: %d vectors, %d spans, %d rarities", text, len(got), len(tokens.Spans), len(tokens.Rarity))
		}
		for i, s := range tokens.Spans {
			if s[0] > s[1] || s[1] > len(text) || tokens.Rarity[i] <= 0 {
				t.Errorf("%q: token %d stands at %v, its rarity is %v", text, i, s, tokens.Rarity[i])
			}
		}
		var want [][]float32
		for i, v := range whole.Vectors[first:last] {
			if whole.Spans[first+i][1] > len("passage: ") {
				want = append(want, vec.Unit(v))
			}
		}
		if len(got) != len(want) || text != "" && len(got) == 0 || last-first-len(got) > 1 {
			t.Fatalf("%q: %d vectors, want %d of the %d tokens behind the prompt", text, len(got), len(want), last-first)
		}
		for i := range got {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("%q: vector %d is another token's", text, i)
			}
		}
		asked, err := o.QueryTokens(t.Context(), text)
		queries := asked.Vectors
		if err != nil || len(queries) != len(got) {
			t.Fatalf("%q: %d vectors as a query, %d as a passage; %v", text, len(queries), len(got), err)
		}
		for i := range queries {
			if slices.Equal(queries[i], got[i]) || math.Abs(norm(queries[i])-1) > 1e-5 {
				t.Errorf("%q: vector %d does not know its prompt", text, i)
			}
		}
	}
}

// A text with more tokens than the model reads at once is read in windows, up
// to the last window, and cut after that.
func TestWindowsOfLongTexts(t *testing.T) {
	o := openONNX(t, ONNXConfig{})
	long := strings.Repeat("강물은 차갑다. ", 200) // longer than a window
	one, other := documentVector(t, o, long+"The river is cold."), documentVector(t, o, long+"Taxes are due in May.")
	if c := dot(one, other); c > 0.9999 {
		t.Errorf("the end of a long text says nothing: cosine %f", c)
	}
	read, err := o.Tokens(t.Context(), long)
	tokens := read.Vectors
	if err != nil || len(tokens) <= 512 {
		t.Fatalf("%d vectors, %v", len(tokens), err)
	}
	// The first window is read as if the text ended there.
	short := openONNX(t, ONNXConfig{Profile: &Profile{QueryPrompt: "query: ", PassagePrompt: "passage: "}})
	cut, err := short.Tokens(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range cut.Vectors {
		if c := dot(v, tokens[i]); c < 0.99999 {
			t.Fatalf("vector %d of the first window: cosine %f to that of the text cut there", i, c)
		}
	}
	if testing.Short() {
		return
	}
	book := strings.Repeat("word 단어 ", 4000)
	if !slices.Equal(documentVector(t, o, book), documentVector(t, o, book+"and more")) {
		t.Error("a text is read beyond its last window")
	}
}

func documentVector(t *testing.T, o *ONNX, text string) []float32 {
	t.Helper()
	v, err := o.EmbedDocuments(t.Context(), []string{text})
	if err != nil {
		t.Fatal(err)
	}
	return v[0]
}

func dot(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
