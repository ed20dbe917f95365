package metrics

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/retrieval"
)

// reader is a model that counts its calls. It writes one sentence and answers
// Yes to every grading question.
type reader struct {
	calls, tokens int
	draft         func() error // called before a draft; may be nil
}

func (r *reader) GenerateContent(ctx context.Context, _ []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	r.calls++
	if r.draft != nil {
		if err := r.draft(); err != nil {
			return nil, err
		}
	}
	r.tokens += 50
	text := "Mina Park leads the harbour team [1]."
	var o llms.CallOptions
	for _, set := range options {
		set(&o)
	}
	if o.StreamingFunc != nil {
		if err := o.StreamingFunc(ctx, []byte(text)); err != nil {
			return nil, err
		}
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{
		Content: text, GenerationInfo: map[string]any{"PromptTokens": 40, "CompletionTokens": 10},
	}}}, nil
}

func (r *reader) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, r, prompt, options...)
}

func (r *reader) NextToken(context.Context, []llms.MessageContent) (map[string]float64, int, error) {
	r.calls++
	r.tokens += 31
	return map[string]float64{"Yes": 0.9, "One": 0.9, "1": 0.9}, 30, nil // a question with one look-up, a relevant passage, a supported draft
}

// found is a retriever that finds one passage.
type found struct{}

func (found) Search(_ context.Context, query string) (retrieval.Result, error) {
	return retrieval.Result{
		Query: query, Timings: retrieval.Timings{Search: time.Millisecond, Total: time.Millisecond},
		Passages: []retrieval.Passage{{ID: "1", Source: "team.md", Text: "Mina Park leads the harbour team.", Score: 1}},
	}, nil
}

// total returns the sum of a counter over its labels.
func total(t *testing.T, text, name string) int {
	t.Helper()
	sum := 0
	for _, line := range regexp.MustCompile(`(?m)^`+name+`\{[^}]*\} (\d+)$`).FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(line[1])
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return sum
}

// TestEveryTurnCosts compares the counts of a turn with the calls of the model,
// for every way a turn can end.
func TestEveryTurnCosts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	broken := errors.New("the model burst")
	for _, c := range []struct {
		outcome string
		ctx     context.Context
		draft   func() error
		leave   func(agent.Event) bool // may be nil
		err     error
	}{
		{outcome: "answered", ctx: t.Context()},
		{outcome: "failed", ctx: t.Context(), draft: func() error { return broken }, err: broken},
		{outcome: "failed", ctx: ctx, draft: func() error { cancel(); return ctx.Err() }, err: context.Canceled},
		{outcome: "left", ctx: t.Context(), leave: func(e agent.Event) bool { _, ok := e.(agent.Drafted); return ok }},
		{outcome: "answered", ctx: t.Context(), leave: func(e agent.Event) bool { _, ok := e.(agent.Answered); return ok }},
	} {
		t.Run(fmt.Sprint(c.outcome, " ", c.err), func(t *testing.T) {
			model := &reader{draft: c.draft}
			a, err := agent.New(model, found{}, nil, agent.Config{Parallel: 1})
			if err != nil {
				t.Fatal(err)
			}
			m := New(Config{})
			var failure error
			for e, err := range m.Follow(a.Ask(c.ctx, agent.Question{Text: "Who leads the harbour team?"})) {
				if failure = err; err == nil && c.leave != nil && c.leave(e) {
					break
				}
			}
			if !errors.Is(failure, c.err) {
				t.Errorf("error %v, want %v", failure, c.err)
			}
			got := text(t, m)
			if model.calls < 1 {
				t.Errorf("the model was asked %d times", model.calls)
			}
			for name, want := range map[string]int{
				"selfrag_llm_calls_total": model.calls, "selfrag_llm_tokens_total": model.tokens,
				`selfrag_questions_total`: 1,
			} {
				if n := total(t, got, name); n != want {
					t.Errorf("%s is %d, want %d", name, n, want)
				}
			}
			for _, want := range []string{
				`selfrag_step_seconds_count\{step="search"\} 1`, `selfrag_step_seconds_count\{step="draft"\} 1`,
				`selfrag_questions_total\{outcome="` + c.outcome + `",strategy="self-rag"\} 1`,
			} {
				if !regexp.MustCompile(want).MatchString(got) {
					t.Errorf("no %s in\n%s", want, got)
				}
			}
		})
	}
}

// TestFailedSearches counts errors of searches together with those of
// questions.
func TestFailedSearches(t *testing.T) {
	m := New(Config{})
	m.Failed(nil)
	m.Failed(fmt.Errorf("search: %w", context.DeadlineExceeded))
	(*Metrics)(nil).Failed(errors.New("counted nowhere"))
	if got := text(t, m); total(t, got, "selfrag_errors_total") != 1 || total(t, got, "selfrag_questions_total") != 0 {
		t.Errorf("got\n%s", got)
	}
}
