package measure

import (
	"context"
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// shortAnswerTokens is the maximum length of a short answer in tokens. The
// phrases of the data sets are shorter.
const shortAnswerTokens = 48

// shortener returns a function that asks a model to shorten an answer to the
// phrase that answers the question. It uses the same prompt for every strategy.
func shortener(model llms.Model, set *prompts.Set) func(ctx context.Context, question, answer string) (string, agent.Usage, error) {
	return func(ctx context.Context, question, answer string) (string, agent.Usage, error) {
		p, err := set.Render(prompts.NameShortAnswer, text.Language(question), prompts.ShortAnswer{Question: question, Answer: answer})
		if err != nil {
			return "", agent.Usage{}, err
		}
		written, usage, err := generate(ctx, model, p, shortAnswerTokens)
		if err != nil {
			return "", usage, fmt.Errorf("ask for the short answer: %w", err)
		}
		first, _, _ := strings.Cut(strings.TrimSpace(written), "\n")
		return strings.TrimSpace(first), usage, nil
	}
}

// generate sends a prompt to a model at temperature 0 and returns the reply. If the
// call fails, its cost is zero.
func generate(ctx context.Context, model llms.Model, p prompts.Prompt, tokens int) (string, agent.Usage, error) {
	resp, err := model.GenerateContent(ctx, agent.MessagesOf(p),
		llms.WithMaxTokens(tokens), llms.WithTemperature(0), llms.WithRepetitionPenalty(1))
	if err != nil {
		return "", agent.Usage{}, err
	}
	usage := agent.Usage{Calls: 1}
	if len(resp.Choices) == 0 {
		return "", usage, nil
	}
	usage.PromptTokens, _ = resp.Choices[0].GenerationInfo["PromptTokens"].(int)
	usage.CompletionTokens, _ = resp.Choices[0].GenerationInfo["CompletionTokens"].(int)
	return resp.Choices[0].Content, usage, nil
}
