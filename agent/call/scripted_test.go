package call

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/tmc/langchaingo/llms"
	"go.uber.org/goleak"

	"selfrag/prompts"
	"selfrag/retrieval/text"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scripted is a model that writes what a test says, within the token limit, and
// streams it word by word.
type scripted struct {
	write func(prompt string) (string, error)
	stop  string         // the stop reason of the text
	info  map[string]any // the counts of the server

	mu    sync.Mutex
	calls int
	used  int              // tokens of text calls, by text.Tokens
	opts  llms.CallOptions // of the latest call
}

func (m *scripted) GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	var opts llms.CallOptions
	for _, o := range options {
		o(&opts)
	}
	written, err := m.write(promptText(messages))
	for text.Tokens(written) > opts.MaxTokens {
		written = written[:len(written)-1]
	}
	m.called(opts, text.Tokens(promptText(messages))+text.Tokens(written))
	if err != nil {
		return nil, err
	}
	if opts.StreamingFunc != nil {
		for _, word := range strings.SplitAfter(written, " ") {
			if err := opts.StreamingFunc(ctx, []byte(word)); err != nil {
				return nil, err
			}
		}
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: written, StopReason: m.stop, GenerationInfo: m.info}}}, nil
}

func (m *scripted) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, m, prompt, options...)
}

func (m *scripted) called(opts llms.CallOptions, tokens int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	m.opts = opts
	m.used += tokens
}

// prober adds token probabilities to a scripted model.
type prober struct {
	*scripted
	next map[string]float64
}

func (m prober) NextToken(_ context.Context, messages []llms.MessageContent) (map[string]float64, int, error) {
	m.called(llms.CallOptions{}, 0)
	return m.next, text.Tokens(promptText(messages)), nil
}

func says(text string) func(string) (string, error) {
	return func(string) (string, error) { return text, nil }
}

// asking returns a prompt of one turn.
func asking(text string) prompts.Prompt {
	return prompts.Prompt{Name: "ask", Labels: []string{"Yes", "No"}, Messages: []prompts.Message{{Role: "user", Text: text}}}
}
