package agent

import (
	"context"
	"strings"
	"sync"

	"github.com/tmc/langchaingo/llms"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// scripted is a model whose every reply a test decides. write answers free
// text; next gives token probabilities.
type scripted struct {
	write func(prompt string) (string, error)
	next  func(prompt string) map[string]float64
	stop  string // why the text ends

	mu    sync.Mutex
	calls int
}

func (m *scripted) count() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
}

func (m *scripted) GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	m.count()
	var opts llms.CallOptions
	for _, o := range options {
		o(&opts)
	}
	text, err := m.write(textOfMessages(messages))
	if err != nil {
		return nil, err
	}
	if opts.StreamingFunc != nil {
		for _, word := range strings.SplitAfter(text, " ") {
			if err := opts.StreamingFunc(ctx, []byte(word)); err != nil {
				return nil, err
			}
		}
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{
		Content: text, StopReason: m.stop, GenerationInfo: map[string]any{"PromptTokens": 100, "CompletionTokens": 10},
	}}}, nil
}

func (m *scripted) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, m, prompt, options...)
}

// prober adds token probabilities to a scripted model.
type prober struct{ *scripted }

func (m prober) NextToken(_ context.Context, messages []llms.MessageContent) (map[string]float64, int, error) {
	m.count()
	return m.next(textOfMessages(messages)), 100, nil
}

func textOfMessages(messages []llms.MessageContent) string {
	var b strings.Builder
	for _, m := range messages {
		for _, p := range m.Parts {
			if t, ok := p.(llms.TextContent); ok {
				b.WriteString(t.Text + "\n")
			}
		}
	}
	return b.String()
}

// found is a retriever that finds the same passages for every query.
type found []retrieval.Passage

func (f found) Search(ctx context.Context, query string) (retrieval.Result, error) {
	return retrieval.Result{Query: query, Passages: f}, ctx.Err()
}

// seeing finds evidence by words, and is as sure of it as a test says.
type seeing struct{ answers, onePlace float64 }

func (s seeing) Find(ctx context.Context, in evidence.Input) (evidence.Found, error) {
	found, err := evidence.New(nil, evidence.Config{}).Find(ctx, in)
	found.Answers, found.OnePlace = s.answers, s.onePlace
	return found, err
}

func sure(label string) func(string) map[string]float64 {
	return func(string) map[string]float64 { return map[string]float64{label: 0.9} }
}

func says(text string) func(string) (string, error) {
	return func(string) (string, error) { return text, nil }
}

// passagesOf are passages of one document, each of which begins at rune 100.
func passagesOf(texts ...string) []retrieval.Passage {
	out := make([]retrieval.Passage, len(texts))
	for i, text := range texts {
		out[i] = retrieval.Passage{ID: string(rune('a' + i)), Source: "doc", Text: text, Start: 100, End: 100 + len([]rune(text))}
	}
	return out
}
