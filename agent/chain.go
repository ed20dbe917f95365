package agent

import (
	"context"
	"fmt"

	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/memory"
	"github.com/tmc/langchaingo/schema"
)

// ChainOf makes a langchaingo chain of a step. The chain reads its input,
// an In, under the key in and writes its output, an Out, under the key out.
func ChainOf[In, Out any](step func(context.Context, In) (Out, error), in, out string) chains.Chain {
	return chain[In, Out]{step, in, out}
}

// Chain makes a langchaingo chain of a whole turn: a string under "question"
// becomes an Answer under "answer" and its text under "text".
func (a *Agent) Chain() chains.Chain { return turnChain{a} }

type chain[In, Out any] struct {
	step    func(context.Context, In) (Out, error)
	in, out string
}

func (c chain[In, Out]) Call(ctx context.Context, inputs map[string]any, _ ...chains.ChainCallOption) (map[string]any, error) {
	in, ok := inputs[c.in].(In)
	if !ok {
		return nil, fmt.Errorf("input %q is a %T, not a %T", c.in, inputs[c.in], *new(In))
	}
	out, err := c.step(ctx, in)
	if err != nil {
		return nil, err
	}
	return map[string]any{c.out: out}, nil
}

func (c chain[In, Out]) GetMemory() schema.Memory { return memory.NewSimple() }
func (c chain[In, Out]) GetInputKeys() []string   { return []string{c.in} }
func (c chain[In, Out]) GetOutputKeys() []string  { return []string{c.out} }

type turnChain struct{ agent *Agent }

func (c turnChain) Call(ctx context.Context, inputs map[string]any, _ ...chains.ChainCallOption) (map[string]any, error) {
	question, ok := inputs["question"].(string)
	if !ok {
		return nil, fmt.Errorf("input %q is a %T, not a string", "question", inputs["question"])
	}
	answer, err := c.agent.Answer(ctx, Question{Text: question})
	if err != nil {
		return nil, err
	}
	return map[string]any{"answer": answer, "text": answer.Text}, nil
}

func (c turnChain) GetMemory() schema.Memory { return memory.NewSimple() }
func (c turnChain) GetInputKeys() []string   { return []string{"question"} }
func (c turnChain) GetOutputKeys() []string  { return []string{"answer", "text"} }
