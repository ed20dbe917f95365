package agent

import (
	"context"
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/memory"
	"github.com/tmc/langchaingo/schema"
)

var _ schema.Memory = (*Conversation)(nil)

// GetMemoryKey is the key of the history among a chain's inputs.
func (c *Conversation) GetMemoryKey(context.Context) string { return c.cfg.MemoryKey }

// MemoryVariables lists the keys that LoadMemoryVariables fills.
func (c *Conversation) MemoryVariables(context.Context) []string { return []string{c.cfg.MemoryKey} }

// LoadMemoryVariables returns the history as one string: the summary, if any,
// then the window, a line for each turn, as "User: ..." and "Assistant: ...".
// It asks the model when exchanges have to be folded into the summary.
func (c *Conversation) LoadMemoryVariables(ctx context.Context, _ map[string]any) (map[string]any, error) {
	history, err := c.recall(ctx, c.withAgent().steps(), func(Event) {})
	if err != nil {
		return nil, fmt.Errorf("recall the conversation: %w", err)
	}
	return map[string]any{c.cfg.MemoryKey: strings.Join(history, "\n")}, nil
}

// SaveContext remembers what went into a chain and came out of it. The history
// itself, which chains put among their inputs, is left out.
func (c *Conversation) SaveContext(_ context.Context, inputs, outputs map[string]any) error {
	asked := map[string]any{}
	for key, value := range inputs {
		if key != c.cfg.MemoryKey {
			asked[key] = value
		}
	}
	question, err := memory.GetInputValue(asked, c.cfg.InputKey)
	if err != nil {
		return fmt.Errorf("save the question of a conversation: %w", err)
	}
	answer, err := memory.GetInputValue(outputs, c.cfg.OutputKey)
	if err != nil {
		return fmt.Errorf("save the answer of a conversation: %w", err)
	}
	c.Add(Exchange{question, answer})
	return nil
}

// Clear forgets everything.
func (c *Conversation) Clear(context.Context) error {
	c.Restore(ConversationState{})
	return nil
}
