package langchain_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/prompts"

	"selfrag/agent"
	"selfrag/agent/langchain"
	"selfrag/retrieval"
)

// town stands for a collection with a single passage.
type town struct{}

func (town) Search(_ context.Context, query string) (retrieval.Result, error) {
	return retrieval.Result{Query: query, Passages: []retrieval.Passage{
		{ID: "1", Source: "bridges.md", Text: "The Tamsin bridge was opened in 1931."},
	}}, nil
}

// scriptedModel stands for a language model.
type scriptedModel struct{}

func (scriptedModel) GenerateContent(_ context.Context, messages []llms.MessageContent, _ ...llms.CallOption) (*llms.ContentResponse, error) {
	said := "The Tamsin bridge was opened in 1931 [1]."
	if last := fmt.Sprint(messages[len(messages)-1].Parts); strings.Contains(last, "title") {
		said = "A bridge of 1931"
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: said}}}, nil
}

func (m scriptedModel) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, m, prompt, options...)
}

// The nine steps, one after the other, are one round of the loop.
func ExampleSteps() {
	steps, err := agent.NewSteps(scriptedModel{}, town{}, nil, agent.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var inOrder []chains.Chain
	byName := langchain.Steps(steps, nil)
	for _, name := range langchain.Names() {
		inOrder = append(inOrder, byName[name])
	}
	round, err := chains.NewSequentialChain(inOrder, []string{langchain.KeyQuestion}, []string{langchain.KeyText})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(chains.Run(context.Background(), round, "When was the Tamsin bridge opened?"))
	// Output: The Tamsin bridge was opened in 1931. [1] <nil>
}

// Two steps, a function that joins them, and a chain of langchaingo that writes
// a title for the result.
func ExampleOf() {
	steps, err := agent.NewSteps(scriptedModel{}, town{}, nil, agent.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	search := langchain.Of(steps.Search, "question", "found")
	draft := langchain.Of(func(ctx context.Context, found retrieval.Result) (string, error) {
		d, err := steps.Draft(ctx, agent.DraftInput{Question: found.Query, Reading: agent.Reading{Passages: found.Passages}})
		return d.Text, err
	}, "found", "draft")
	title := chains.NewLLMChain(scriptedModel{}, prompts.NewPromptTemplate("Write a title for: {{.draft}}", []string{"draft"}))

	whole, err := chains.NewSequentialChain([]chains.Chain{search, draft, title}, []string{"question"}, []string{"text"})
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := chains.Call(context.Background(), whole, map[string]any{"question": "When was the Tamsin bridge opened?"})
	fmt.Println(out["text"], err)
	// Output: A bridge of 1931 <nil>
}
