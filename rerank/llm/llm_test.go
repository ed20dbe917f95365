package llm

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/retrieval"
)

type probFunc func(text string) (map[string]float64, error)

func (f probFunc) NextToken(_ context.Context, m []llms.MessageContent) (map[string]float64, int, error) {
	probs, err := f(m[0].Parts[0].(llms.TextContent).Text)
	return probs, 1, err
}

func textPrompt(_ string, p retrieval.Passage) ([]llms.MessageContent, error) {
	return []llms.MessageContent{llms.TextParts(llms.ChatMessageTypeHuman, p.Text)}, nil
}

func TestRerank(t *testing.T) {
	model := probFunc(func(text string) (map[string]float64, error) {
		return map[string]map[string]float64{
			"good": {"Yes": 0.6, " yes": 0.2, "No": 0.2},
			"bad":  {"No": 0.9, "The": 0.1},
		}[text], nil
	})
	r, err := New(model, textPrompt)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Rerank(t.Context(), "q", []retrieval.Passage{{ID: "1", Text: "bad"}, {ID: "2", Text: "good"}})
	if err != nil || got[0].ID != "2" || math.Abs(*got[0].Rerank-0.8) > 1e-12 || *got[1].Rerank != 0 || got[0].Score != *got[0].Rerank {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := r.Rerank(t.Context(), "q", []retrieval.Passage{{Text: "neither"}}); err == nil {
		t.Error("a model that says neither is believed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Rerank(ctx, "q", []retrieval.Passage{{Text: "good"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	if _, err := New(nil, nil); err == nil {
		t.Error("a reranker without a model")
	}
}
