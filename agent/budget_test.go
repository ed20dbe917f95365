package agent

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent/call"
	"selfrag/rerank/evidence"
	"selfrag/retrieval/text"
)

// counting is a scripted model that counts its tokens as the budget estimates
// them, and respects the token limit.
type counting struct {
	prober
	silent bool // reports no token counts

	mu   sync.Mutex
	used int
}

func (m *counting) GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	resp, err := m.prober.GenerateContent(ctx, messages, options...)
	if err != nil {
		return nil, err
	}
	var opts llms.CallOptions
	for _, o := range options {
		o(&opts)
	}
	choice := resp.Choices[0]
	for text.Tokens(choice.Content) > opts.MaxTokens {
		choice.Content = choice.Content[:len(choice.Content)-1]
	}
	prompt, completion := text.Tokens(textOfMessages(messages)), text.Tokens(choice.Content)
	m.add(prompt + completion)
	choice.GenerationInfo = map[string]any{"PromptTokens": prompt, "CompletionTokens": completion}
	if m.silent {
		choice.GenerationInfo = nil
	}
	return resp, nil
}

func (m *counting) NextToken(ctx context.Context, messages []llms.MessageContent) (map[string]float64, int, error) {
	next, _, err := m.prober.NextToken(ctx, messages)
	prompt := text.Tokens(textOfMessages(messages))
	m.add(prompt + 1)
	return next, prompt, err
}

func (m *counting) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, m, prompt, options...)
}

func (m *counting) add(tokens int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used += tokens
}

// misbehaving returns models that misbehave in different ways.
func misbehaving() map[string]*scripted {
	n := 0
	var mu sync.Mutex
	return map[string]*scripted{
		"never satisfied": {write: func(sent) (string, error) {
			mu.Lock()
			defer mu.Unlock()
			n++
			return fmt.Sprintf("Query %d [1]", n), nil
		}, next: gradesBy("Yes", "Yes", "No")},
		"repeats itself":   {write: says("same"), next: gradesBy("Yes", "No", "No")},
		"silent":           {write: says(""), next: func(sent) map[string]float64 { return nil }},
		"endless":          {write: says(strings.Repeat("word [1]. ", 500)), next: gradesBy("Yes", "Yes", "No")},
		"malformed JSON":   {write: says(`{"grade": [`), next: func(sent) map[string]float64 { return nil }},
		"forges citations": {write: says("Fact [99]. [1][2][3]"), next: gradesBy("Yes", "Yes", "No")},
		"given up on":      {write: func(sent) (string, error) { return "", gaveUp{} }, next: gradesBy("Yes", "Yes", "No")},
	}
}

// gaveUp is the error of a client whose server stopped a model that repeats
// itself.
type gaveUp struct{}

func (gaveUp) Error() string   { return "the answer was broken off" }
func (gaveUp) Written() string { return "So so so so so so [1]" }

// TestEveryStrategyEndsWithinItsTokens gives misbehaving models few tokens and
// runs several calls at a time.
func TestEveryStrategyEndsWithinItsTokens(t *testing.T) {
	for name, m := range misbehaving() {
		for _, strategy := range Strategies() {
			for _, tokens := range []int{1, 400, 1500, 5000} {
				for _, silent := range []bool{false, true} {
					model := &counting{prober: prober{m}, silent: silent}
					cfg := Config{Strategy: strategy, Parallel: 3, Budget: Budget{Tokens: tokens}}
					a, err := newAgent(t, model, cfg).Answer(t.Context(), Question{Text: "When was the bridge of Tamsin opened by its mayor?"})
					if modelFailed(err) && (name == "silent" || name == "malformed JSON") {
						continue // it wrote nothing, or no grade, that can be used
					}
					if err != nil {
						t.Fatalf("%s, %s, %d tokens: %v", name, strategy.Name(), tokens, err)
					}
					if told := a.Usage.PromptTokens + a.Usage.CompletionTokens; model.used > tokens || told > tokens {
						t.Errorf("%s, %s: %d tokens of %d, told %d", name, strategy.Name(), model.used, tokens, told)
					}
					if a.StoppedBy == "" || a.Text == "" {
						t.Errorf("%s, %s, %d tokens: got %+v", name, strategy.Name(), tokens, a)
					}
				}
			}
		}
	}
}

// TestEveryStrategyEndsInTime uses a model that never answers, or, for the
// strategy without a model, such an evidence finder. A model that never answers
// is not a reason to abstain.
func TestEveryStrategyEndsInTime(t *testing.T) {
	for _, strategy := range Strategies() {
		block := &blocking{started: make(chan struct{}, 8)}
		cfg := Config{Strategy: strategy, Budget: Budget{Time: 10 * time.Millisecond}}
		if !asksModel(strategy) {
			cfg.Evidence = endless{}
		}
		a, err := newAgent(t, block, cfg).Answer(t.Context(), Question{Text: "When?"})
		if silent := (*call.SilentError)(nil); asksModel(strategy) && errors.As(err, &silent) {
			continue
		}
		if err != nil || asksModel(strategy) && a.Usage.Calls > 0 || !a.Abstained || a.StoppedBy != SpentTime {
			t.Errorf("%s: got %+v, %v", strategy.Name(), a, err)
		}
	}
}

// endless is a finder that finds nothing until its context ends.
type endless struct{}

func (endless) Find(ctx context.Context, _ evidence.Input) (evidence.Found, error) {
	<-ctx.Done()
	return evidence.Found{}, ctx.Err()
}

// TestEveryStrategyTellsItsModelsFailure makes the model fail at its nth call.
func TestEveryStrategyTellsItsModelsFailure(t *testing.T) {
	broken := errors.New("broken pipe")
	for _, strategy := range Strategies() {
		if !asksModel(strategy) {
			continue
		}
		failed := 0
		for nth := 1; nth <= 6; nth++ {
			m := lampModel()
			write, n := m.write, 0
			m.write = func(p sent) (string, error) {
				if n++; n >= nth {
					return "", broken
				}
				return write(p)
			}
			a, err := New(m, shelf(), nil, Config{Strategy: strategy})
			if err != nil {
				t.Fatal(err)
			}
			if answer, err := a.Answer(t.Context(), Question{Text: lampQuestion}); errors.Is(err, broken) {
				failed++
			} else if err != nil || n >= nth {
				t.Errorf("%s, failure %d: got %+v, %v", strategy.Name(), nth, answer, err)
			}
		}
		if failed == 0 {
			t.Errorf("%s never called the model", strategy.Name())
		}
	}
}
