package langchain_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tmc/langchaingo/llms"
	"go.uber.org/goleak"

	"selfrag/agent"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scripted is a model that writes what a test decides and grades everything as
// good.
type scripted struct {
	write func(prompt string) string
	calls *atomic.Int64
}

func (m scripted) GenerateContent(ctx context.Context, messages []llms.MessageContent, _ ...llms.CallOption) (*llms.ContentResponse, error) {
	m.calls.Add(1)
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: m.write(textOf(messages))}}}, ctx.Err()
}

func textOf(messages []llms.MessageContent) string {
	var b strings.Builder
	for _, message := range messages {
		for _, part := range message.Parts {
			if text, ok := part.(llms.TextContent); ok {
				b.WriteString(text.Text + "\n")
			}
		}
	}
	return b.String()
}

func (m scripted) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, m, prompt, options...)
}

// NextToken returns the best label of each grading prompt, in both languages.
func (m scripted) NextToken(ctx context.Context, _ []llms.MessageContent) (map[string]float64, int, error) {
	m.calls.Add(1)
	return map[string]float64{"Yes": 0.3, "예": 0.3, "One": 0.2, "1": 0.1}, 100, ctx.Err()
}

// says returns a model that writes the same text for every prompt.
func says(text string) scripted {
	return scripted{func(string) string { return text }, new(atomic.Int64)}
}

// found is a retriever that finds the same passages for every query.
type found []retrieval.Passage

func (f found) Search(ctx context.Context, query string) (retrieval.Result, error) {
	return retrieval.Result{Query: query, Passages: f}, ctx.Err()
}

// sure is a finder of the evidence that a test sets.
type sure evidence.Found

func (s sure) Find(ctx context.Context, _ evidence.Input) (evidence.Found, error) {
	return evidence.Found(s), ctx.Err()
}

// failing is a finder whose error contains an address.
type failing struct{}

func (failing) Find(context.Context, evidence.Input) (evidence.Found, error) {
	return evidence.Found{}, errors.New("the encoder at 10.0.0.7 is gone")
}

// bridge is the same question in both languages.
var bridge = []struct{ name, question, passage, draft, answer string }{
	{
		"English", "When was the Tamsin bridge opened?", "The Tamsin bridge was opened in 1931. It has two lanes.",
		"The Tamsin bridge was opened in 1931 [1].", "The Tamsin bridge was opened in 1931. [1]",
	},
	{
		"Korean", "탐신교는 언제 개통되었나요?", "탐신교는 1931년에 개통되었다. 차로는 둘이다.",
		"탐신교는 1931년에 개통되었다 [1].", "탐신교는 1931년에 개통되었다. [1]",
	},
}

func passage(text string) found {
	return found{{ID: "1", Source: "bridges.md", Text: text, End: len([]rune(text))}}
}

func newAgent(t *testing.T, model llms.Model, r agent.Retriever, cfg agent.Config) *agent.Agent {
	t.Helper()
	a, err := agent.New(model, r, nil, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newSteps(t *testing.T, model llms.Model, r agent.Retriever, cfg agent.Config) *agent.Steps {
	t.Helper()
	s, err := agent.NewSteps(model, r, nil, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
