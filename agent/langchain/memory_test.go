package langchain_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/prompts"

	"selfrag/agent"
	"selfrag/agent/conversation"
	"selfrag/agent/langchain"
)

// TestAConversationIsAMemory uses a conversation in a chain of langchaingo.
func TestAConversationIsAMemory(t *testing.T) {
	var seen string
	llm := scripted{func(prompt string) string { seen = prompt; return "Two lanes." }, new(atomic.Int64)}
	c := conversation.New(conversation.Config{})
	memory := &langchain.Memory{Conversation: c, Agent: newAgent(t, says(""), found(nil), agent.Config{})}
	chain := chains.NewLLMChain(llm, prompts.NewPromptTemplate("{{.history}}\nHuman: {{.input}}", []string{"history", "input"}))
	chain.Memory = memory
	for i, question := range []string{"How many lanes?", "몇 차로인가요?"} {
		out, err := chains.Run(t.Context(), chain, question)
		if err != nil || out != "Two lanes." {
			t.Fatalf("got %q, %v", out, err)
		}
		if i == 1 && !strings.Contains(seen, "User: How many lanes?\nAssistant: Two lanes.\nHuman: 몇 차로인가요?") {
			t.Errorf("the chain's prompt is %q", seen)
		}
	}
	if got := c.State().Exchanges; len(got) != 2 || got[1].Question != "몇 차로인가요?" {
		t.Errorf("remembered %+v", got)
	}
	two := map[string]any{"a": "x", "b": "y"}
	if err := memory.SaveContext(t.Context(), two, map[string]any{"text": "z"}); err == nil {
		t.Error("two inputs were taken for one")
	}
	memory.InputKey = "b"
	if err := memory.SaveContext(t.Context(), two, map[string]any{"text": "z"}); err != nil || c.State().Exchanges[2].Question != "y" {
		t.Errorf("remembered %+v, %v", c.State().Exchanges, err)
	}
	if err := memory.Clear(t.Context()); err != nil || len(c.State().Exchanges) != 0 {
		t.Errorf("not cleared: %v", err)
	}
}
