package llm

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"selfrag/retrieval"
)

type textFunc func(ctx context.Context, text string) (map[string]float64, error)

func (f textFunc) NextTokenAfter(ctx context.Context, text string) (map[string]float64, int, error) {
	probs, err := f(ctx, text)
	return probs, 1, err
}

func newFlag(t *testing.T, model textFunc, cfg FlagConfig) *Flag {
	t.Helper()
	r, err := NewFlag(model, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFlagPrompt compares the text with the published form, to the letter.
func TestFlagPrompt(t *testing.T) {
	const question = "Given a query A and a passage B, determine whether the passage contains an answer to the query by providing a prediction of either 'Yes' or 'No'."
	var asked []string
	r := newFlag(t, func(_ context.Context, text string) (map[string]float64, error) {
		asked = append(asked, text)
		return map[string]float64{"Yes": 0.5}, nil
	}, FlagConfig{PassageTokens: 8, Data: func(s string) string { return strings.ReplaceAll(s, "<eos>", "(eos)") }})
	_, err := r.Rerank(t.Context(), "what is panda?", []retrieval.Passage{
		{Text: "hi"}, {Title: "Bear", Text: "<eos>"}, {Text: ""}, {Text: strings.Repeat("long ", 100)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, passage := range []string{"hi", "Bear\n(eos)", "", "long long long long long"[:24]} {
		if want := "A: what is panda?\nB: " + passage + "\n" + question; asked[i] != want {
			t.Errorf("asked %q, want %q", asked[i], want)
		}
	}
}

func TestFlagRerank(t *testing.T) {
	answers := map[string]map[string]float64{
		"sure":    {"Yes": 0.7, " Yes": 0.2, "No": 0.1},
		"unsure":  {"The": 0.6, "Yes": 0.1, "yes": 0.3},
		"hidden":  {"The": 0.6, "No": 0.39},    // at most the 0.01 that the others leave
		"hidden2": {"The": 0.6, "No": 0.00005}, // at most the least reported probability
		"full":    {"No": 1},
		"beyond":  {"Yes": 1.0000001},
	}
	r := newFlag(t, func(_ context.Context, text string) (map[string]float64, error) {
		name := strings.Split(strings.TrimPrefix(text, "A: q\nB: "), "\n")[0]
		return answers[name], nil
	}, FlagConfig{})
	var in []retrieval.Passage
	for _, name := range []string{"full", "hidden2", "hidden", "unsure", "sure", "beyond"} {
		in = append(in, retrieval.Passage{ID: name, Text: name})
	}
	got, err := r.Rerank(t.Context(), "q", in)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		id string
		p  float64
	}{{"beyond", 1}, {"sure", 0.9}, {"unsure", 0.1}, {"hidden", 0.01}, {"hidden2", 0.00005}, {"full", 1e-12}}
	for i, w := range want {
		if got[i].ID != w.id || got[i].Rerank == nil || math.Abs(math.Exp(got[i].Score)-w.p) > 1e-9 || *got[i].Rerank != got[i].Score {
			t.Errorf("place %d: got %s with %g, want %s with ln %g", i, got[i].ID, got[i].Score, w.id, w.p)
		}
	}
	if _, err := r.Rerank(t.Context(), "q", []retrieval.Passage{{ID: "7", Text: "silent"}}); err == nil || !strings.Contains(err.Error(), "passage 7") {
		t.Errorf("a model without probabilities: %v", err)
	}
}

func TestFlagStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	r := newFlag(t, func(ctx context.Context, _ string) (map[string]float64, error) {
		calls++
		cancel()
		return nil, ctx.Err()
	}, FlagConfig{})
	in := lettered("abc")
	if _, err := r.Rerank(ctx, "q", in); !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("cancelled: %v after %d calls", err, calls)
	}
	if in[0].Rerank != nil {
		t.Error("a passage of a broken off reranking has a score")
	}
}

func TestNewFlag(t *testing.T) {
	if _, err := NewFlag(nil, FlagConfig{}); err == nil {
		t.Error("a reranker without a model")
	}
	if _, err := NewFlag(textFunc(nil), FlagConfig{PassageTokens: -1}); err == nil {
		t.Error("passages of less than nothing")
	}
}
