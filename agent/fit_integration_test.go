//go:build integration

package agent_test

import (
	"context"
	"strings"
	"testing"

	"selfrag/agent"
	"selfrag/ollama"
	"selfrag/retrieval"
)

// TestRealContext makes a real server refuse a prompt. The answer then comes
// from the passages that fit.
func TestRealContext(t *testing.T) {
	model, err := ollama.New(ollama.Config{Model: "qwen2.5-coder:0.5b", ContextTokens: 512})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	steps, err := agent.NewSteps(model, nowhere{}, nil, agent.Config{MaxAnswerTokens: 32})
	if err != nil {
		t.Fatal(err)
	}
	passages := []retrieval.Passage{{ID: "1", Source: "1", Text: "The Tamsin bridge was opened in 1931 by Ana Ruiz."}}
	for range 2 {
		passages = append(passages, retrieval.Passage{ID: "2", Source: "2", Text: strings.Repeat("The ferry to Orrel leaves at nine and comes back at four. ", 30)})
	}
	const question = "When was the Tamsin bridge opened?"
	draft, err := steps.Draft(t.Context(), agent.DraftInput{Question: question, Reading: agent.Reading{Passages: passages}})
	if err != nil {
		t.Fatal(err)
	}
	if draft.Dropped == 0 || draft.Dropped == len(passages) || !strings.Contains(draft.Text, "1931") {
		t.Errorf("dropped %d of %d and wrote %q", draft.Dropped, len(passages), draft.Text)
	}
	graded, err := steps.GradeRelevance(t.Context(), agent.RelevanceInput{Question: question, Passages: passages})
	grades := graded.Grades
	if err != nil || !grades[0].Known || grades[2].Known {
		t.Errorf("got %v, %v", grades, err)
	}
}

// nowhere is a retriever for steps that do not search.
type nowhere struct{}

func (nowhere) Search(context.Context, string) (retrieval.Result, error) {
	return retrieval.Result{}, nil
}
