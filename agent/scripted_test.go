package agent

import (
	"context"
	"strings"
	"sync"

	"github.com/tmc/langchaingo/llms"

	"selfrag/prompts/promptstest"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// sent is a prompt as a scripted model reads it: the texts of its messages.
type sent string

// promptNames recognises prompts for all scripted models.
var promptNames = sync.OnceValues(promptstest.New)

// is reports whether the prompt is the one of that name.
func (p sent) is(name string) bool {
	names, err := promptNames()
	return err == nil && names.Of(string(p)) == name
}

// holds reports whether the prompt contains a text, such as that of a passage.
func (p sent) holds(text string) bool { return strings.Contains(string(p), text) }

// endsWith reports whether the prompt ends with a text, such as its question.
func (p sent) endsWith(text string) bool {
	return strings.HasSuffix(strings.TrimSpace(string(p)), text)
}

// scripted is a model whose replies a test decides. write returns free text;
// next returns token probabilities.
type scripted struct {
	write func(p sent) (string, error)
	next  func(p sent) map[string]float64
	stop  string // the stop reason of each text

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
	text, err := m.write(sent(textOfMessages(messages)))
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
	return m.next(sent(textOfMessages(messages))), 100, nil
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

// seeing finds evidence by words, with the probabilities that a test sets.
type seeing struct{ answers, onePlace float64 }

func (s seeing) Find(ctx context.Context, in evidence.Input) (evidence.Found, error) {
	found, err := evidence.New(nil, evidence.Config{}).Find(ctx, in)
	found.Answers, found.OnePlace = s.answers, s.onePlace
	return found, err
}

func sure(label string) func(sent) map[string]float64 {
	return func(sent) map[string]float64 { return map[string]float64{label: 0.9} }
}

func says(text string) func(sent) (string, error) {
	return func(sent) (string, error) { return text, nil }
}

// passagesOf returns passages of one document. Each begins at rune 100.
func passagesOf(texts ...string) []retrieval.Passage {
	out := make([]retrieval.Passage, len(texts))
	for i, text := range texts {
		out[i] = retrieval.Passage{ID: string(rune('a' + i)), Source: "doc", Text: text, Start: 100, End: 100 + len([]rune(text))}
	}
	return out
}
