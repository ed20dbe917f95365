// Package conversation remembers what was asked and answered, and makes a
// follow-up question complete in itself.
//
// Shape: a Memory keeps a window of exchanges word for word and a running summary
// of those before. Recall gives them as prompts take them; Standalone reads them
// and writes "Who leads it?" as "Who leads the Harbour Team?". Nothing else of an
// agent knows of a conversation: a strategy sees a question that is complete.
//
// Small models often repeat a follow-up question, drop half of it, or answer it.
// So code holds what the model wrote to what was said, and knows what to do
// without it; a nil Model is one that is not there.
package conversation

import (
	"context"

	"selfrag/agent/call"
	"selfrag/prompts"
)

// Model is what a conversation asks of a language model. agent.Steps is one.
type Model interface {
	// Render fills in a prompt of package prompts in the language of a text.
	Render(name, text string, values any) (prompts.Prompt, error)
	// Write writes free text.
	Write(ctx context.Context, prompt prompts.Prompt, how call.Sampling) (string, error)
}
