// Package conversation remembers questions and answers, and rewrites a
// follow-up question so that it is complete in itself.
//
// Shape: a Memory keeps a window of exchanges word for word and a running
// summary of the exchanges before it. Recall returns the window and the summary
// in the form that prompts take. Standalone reads this text and rewrites "Who
// leads it?" as "Who leads the Harbour Team?". The rest of an agent does not
// handle conversations, because a strategy always gets a complete question.
//
// Small models often repeat a follow-up question, drop half of it, or answer
// it. So code compares the model's text with the conversation and replaces a
// wrong text. Without a model (a nil Model) code alone completes the question.
package conversation

import (
	"context"

	"selfrag/agent/call"
	"selfrag/prompts"
)

// Model is the language model of a conversation. agent.Steps is one.
type Model interface {
	// Render fills in a prompt of package prompts in the language of a text.
	Render(name, text string, values any) (prompts.Prompt, error)
	// Write writes free text.
	Write(ctx context.Context, prompt prompts.Prompt, how call.Sampling) (string, error)
}
