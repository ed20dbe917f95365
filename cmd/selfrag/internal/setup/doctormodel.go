package setup

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent/call"
	"selfrag/prompts"
)

// trialText is the passage that the trial question is about.
const trialText = "The night ferry leaves Harrowgate at 21:40 and carries 42 cars."

// tryModel lets the model write one draft and one grade, with the prompts of a
// real question. It returns a few words about each. The error says why the model
// cannot answer questions.
func tryModel(ctx context.Context, model llms.Model) (found []string, err error) {
	set, err := prompts.New(nil)
	if err != nil {
		return nil, fmt.Errorf("load the built-in prompts: %w", err)
	}
	caller := call.New(call.Config{Model: model})
	const question = "How many cars does the night ferry carry?"
	passages := []prompts.Passage{{N: 1, Title: "Ferries", Text: trialText}}
	draft, err := set.Render(prompts.NameDraft, "en", prompts.Draft{Question: question, Passages: passages})
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	written, err := caller.Sample(ctx, draft, call.Sampling{MaxTokens: 128, NotEmpty: true})
	if err != nil {
		return found, fmt.Errorf("no draft: %w", err)
	}
	quality := "right"
	if !strings.Contains(written, "42") {
		quality = "not right"
	}
	found = append(found, fmt.Sprintf("a draft in %d ms, %s", time.Since(begin).Milliseconds(), quality))
	if usage := caller.Usage(); usage.Calls > 1 {
		found = append(found, "thinks before it writes, so each text is given more room")
	}
	grade, err := set.Render(prompts.NameGradeSupport, "en", prompts.GradeSupport{Passages: passages, Sentence: "The night ferry carries 42 cars."})
	if err != nil {
		return found, err
	}
	probs, ok, err := caller.Judge(ctx, grade)
	switch {
	case err != nil:
		return found, fmt.Errorf("no grade: %w", err)
	case !ok:
		_, _, unread := caller.Unread()
		if unread == nil {
			return found, errors.New("no grade: the model gives none that can be read; choose another model")
		}
		return found, fmt.Errorf("no grade: %w", unread)
	case caller.Probes():
		found = append(found, "grades by token probabilities")
	default:
		found = append(found, "gives no token probabilities: grades by JSON, more slowly")
	}
	if probs[0] < probs[len(probs)-1] {
		found = append(found, "its grade of a true sentence is poor")
	}
	return found, nil
}
