package llm_test

import (
	"io/fs"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/prompts"
	"selfrag/rerank/llm"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// relevance returns the agent's own relevance prompt, or the one in overrides.
func relevance(t *testing.T, overrides fs.FS) llm.Prompt {
	t.Helper()
	set, err := prompts.New(overrides)
	if err != nil {
		t.Fatal(err)
	}
	return func(query string, p retrieval.Passage) ([]llms.MessageContent, error) {
		prompt, err := set.Render(prompts.NameGradeRelevance, text.Language(query),
			prompts.GradeRelevance{Question: query, Passage: prompts.Passage{N: 1, Title: p.Title, Text: p.Text}})
		return agent.MessagesOf(prompt), err
	}
}

// orderOf asks for an order of passages.
func orderOf(t *testing.T) llm.ListPrompt {
	t.Helper()
	set, err := prompts.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(query string, passages []retrieval.Passage) ([]llms.MessageContent, error) {
		values := prompts.RankPassages{Question: query}
		for i, p := range passages {
			values.Passages = append(values.Passages, prompts.Passage{N: i + 1, Title: p.Title, Text: p.Text})
		}
		prompt, err := set.Render(prompts.NameRankPassages, text.Language(query), values)
		return agent.MessagesOf(prompt), err
	}
}
