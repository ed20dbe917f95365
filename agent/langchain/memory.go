package langchain

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/memory"
	"github.com/tmc/langchaingo/schema"

	"selfrag/agent"
	"selfrag/agent/conversation"
)

var _ schema.Memory = (*Memory)(nil)

// Memory is the memory of a langchaingo chain. It holds the latest turns of a
// conversation and a summary of the older turns. It is safe for concurrent use.
type Memory struct {
	Conversation *conversation.Memory
	Agent        *agent.Agent // its model writes the summary
	// MemoryKey is the key of the history among a chain's inputs. If it is
	// empty, the key is "history". InputKey is the key of the question among a
	// chain's inputs, and OutputKey is the key of the answer among its outputs.
	// InputKey may be empty if the chain has one input besides the history.
	// OutputKey may be empty if the chain has one output.
	MemoryKey, InputKey, OutputKey string
}

// GetMemoryKey returns the key of the history among a chain's inputs.
func (m *Memory) GetMemoryKey(context.Context) string { return cmp.Or(m.MemoryKey, "history") }

// MemoryVariables returns the keys that LoadMemoryVariables fills.
func (m *Memory) MemoryVariables(ctx context.Context) []string { return []string{m.GetMemoryKey(ctx)} }

// LoadMemoryVariables returns the history as one string: the summary, if any,
// then the window, with a line for each turn, "User: ..." or "Assistant: ...".
// It asks the model for a new summary if too many exchanges were saved since
// the last summary.
func (m *Memory) LoadMemoryVariables(ctx context.Context, _ map[string]any) (map[string]any, error) {
	history, err := m.Agent.Recall(ctx, m.Conversation)
	if err != nil {
		return nil, fmt.Errorf("recall the conversation: %w", err)
	}
	return map[string]any{m.GetMemoryKey(ctx): strings.Join(history, "\n")}, nil
}

// SaveContext adds the inputs and outputs of a chain to the memory. It skips
// the history, which chains add to their inputs.
func (m *Memory) SaveContext(ctx context.Context, inputs, outputs map[string]any) error {
	asked := map[string]any{}
	for key, value := range inputs {
		if key != m.GetMemoryKey(ctx) {
			asked[key] = value
		}
	}
	question, err := memory.GetInputValue(asked, m.InputKey)
	if err != nil {
		return fmt.Errorf("save the question of a conversation: %w", err)
	}
	answer, err := memory.GetInputValue(outputs, m.OutputKey)
	if err != nil {
		return fmt.Errorf("save the answer of a conversation: %w", err)
	}
	m.Conversation.Add(conversation.Exchange{Question: question, Answer: answer})
	return nil
}

// Clear empties the memory.
func (m *Memory) Clear(context.Context) error {
	m.Conversation.Restore(conversation.State{})
	return nil
}
