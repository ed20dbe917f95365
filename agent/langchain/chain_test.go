package langchain_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/prompts"

	"selfrag/agent"
	"selfrag/agent/langchain"
)

// TestEveryStrategyIsAChain runs each strategy with every function that
// langchaingo has for chains, and compares the result with the agent's answer.
func TestEveryStrategyIsAChain(t *testing.T) {
	for _, strategy := range agent.Strategies() {
		for _, tc := range bridge {
			t.Run(strategy.Name()+"/"+tc.name, func(t *testing.T) {
				ctx := t.Context()
				a := newAgent(t, says(tc.draft), passage(tc.passage), agent.Config{Strategy: strategy})
				want, err := a.Answer(ctx, agent.Question{Text: tc.question})
				if err != nil || !strings.Contains(want.Text, "1931") {
					t.Fatalf("the agent says %q, %v", want.Text, err)
				}
				chain := langchain.Chain(a)
				inputs := map[string]any{"question": tc.question}

				text, err := chains.Run(ctx, chain, tc.question)
				if err != nil || text != want.Text {
					t.Errorf("Run: %q, %v; want %q", text, err, want.Text)
				}
				text, err = chains.Predict(ctx, chain, inputs)
				if err != nil || text != want.Text {
					t.Errorf("Predict: %q, %v", text, err)
				}
				out, err := chains.Call(ctx, chain, inputs)
				if err != nil || !reflect.DeepEqual(out, map[string]any{"text": want.Text}) {
					t.Errorf("Call: %v, %v", out, err)
				}
				all, err := chains.Apply(ctx, chain, []map[string]any{inputs, inputs}, 1)
				if err != nil || len(all) != 2 || all[1]["text"] != want.Text {
					t.Errorf("Apply: %v, %v", all, err)
				}

				title := chains.NewLLMChain(says("A bridge of 1931"), prompts.NewPromptTemplate("Write a title for: {{.text}}", []string{"text"}))
				title.OutputKey = "title"
				simple, err := chains.NewSimpleSequentialChain([]chains.Chain{chain, title})
				if err != nil {
					t.Fatal(err)
				}
				if text, err = chains.Run(ctx, simple, tc.question); err != nil || text != "A bridge of 1931" {
					t.Errorf("a simple sequential chain: %q, %v", text, err)
				}
				sequential, err := chains.NewSequentialChain([]chains.Chain{chain, title}, []string{"question"}, []string{"title"})
				if err != nil {
					t.Fatal(err)
				}
				if text, err = chains.Run(ctx, sequential, tc.question); err != nil || text != "A bridge of 1931" {
					t.Errorf("a sequential chain: %q, %v", text, err)
				}
			})
		}
	}
}

func TestAnswersGivesTheWholeAnswer(t *testing.T) {
	tc := bridge[0]
	a := newAgent(t, says(tc.draft), passage(tc.passage), agent.Config{})
	quote := func(_ context.Context, answer agent.Answer) (string, error) { return answer.Citations[0].Quote, nil }
	whole, err := chains.NewSequentialChain([]chains.Chain{
		langchain.Answers(a), langchain.Of(quote, langchain.KeyAnswer, "quote"),
	}, []string{"question"}, []string{"quote"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := chains.Run(t.Context(), whole, tc.question)
	if err != nil || got != "The Tamsin bridge was opened in 1931." {
		t.Errorf("got %q, %v", got, err)
	}
}

// asker answers with an error.
type asker struct{ err error }

func (a asker) Answer(context.Context, agent.Question) (agent.Answer, error) {
	return agent.Answer{}, a.err
}

func TestAnErrorEndsAChain(t *testing.T) {
	broken := errors.New("the model is gone")
	for name, tc := range map[string]struct {
		chain  chains.Chain
		inputs map[string]any
		want   string
	}{
		"the agent fails":      {langchain.Chain(asker{broken}), map[string]any{"question": "Why?"}, "the model is gone"},
		"a question of bytes":  {langchain.Answers(asker{}), map[string]any{"question": []byte("Why?")}, `input "question" has type []uint8, not string`},
		"a step fails":         {langchain.Of(func(context.Context, string) (int, error) { return 0, broken }, "a", "b"), map[string]any{"a": ""}, "the model is gone"},
		"nothing for a step":   {langchain.Of(func(context.Context, error) (int, error) { return 0, nil }, "a", "b"), map[string]any{"a": nil}, `input "a" has type <nil>, not error`},
		"no input for a chain": {langchain.Chain(asker{}), map[string]any{}, "question"},
	} {
		out, err := chains.Call(t.Context(), tc.chain, tc.inputs)
		if err == nil || !strings.Contains(err.Error(), tc.want) || len(out) > 0 {
			t.Errorf("%s: got %v, %v; want %q", name, out, err, tc.want)
		}
	}
}
