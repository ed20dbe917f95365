package langchain

import (
	"context"
	"fmt"
	"maps"
	"reflect"

	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/memory"
	"github.com/tmc/langchaingo/schema"

	"selfrag/agent"
)

// Asker answers questions. An agent.Agent is one.
type Asker interface {
	Answer(ctx context.Context, q agent.Question) (agent.Answer, error)
}

// Chain returns an agent with its strategy as a chain. The chain reads a
// question (a string) under "question" and writes the text of the answer (a
// string) under "text". If the agent abstains, the text says so.
func Chain(a Asker) chains.Chain {
	return &chain{in: []string{KeyQuestion}, out: []string{KeyText}, alone: true, call: func(ctx context.Context, in *values, out map[string]any) error {
		answer, err := ask(ctx, a, in)
		out[KeyText] = answer.Text
		return err
	}}
}

// Answers is like Chain but writes the whole agent.Answer, under "answer".
func Answers(a Asker) chains.Chain {
	return &chain{in: []string{KeyQuestion}, out: []string{KeyAnswer}, alone: true, call: func(ctx context.Context, in *values, out map[string]any) error {
		answer, err := ask(ctx, a, in)
		out[KeyAnswer] = answer
		return err
	}}
}

func ask(ctx context.Context, a Asker, in *values) (agent.Answer, error) {
	question := need[string](in, KeyQuestion)
	if in.err != nil {
		return agent.Answer{}, in.err
	}
	return a.Answer(ctx, agent.Question{Text: question})
}

// Of makes a chain from a function of one argument. The chain reads the
// argument of the function under the key in, and writes the result under the
// key out.
func Of[In, Out any](step func(context.Context, In) (Out, error), in, out string) chains.Chain {
	return &chain{in: []string{in}, out: []string{out}, call: func(ctx context.Context, inputs *values, outputs map[string]any) error {
		value := need[In](inputs, in)
		if inputs.err != nil {
			return inputs.err
		}
		made, err := step(ctx, value)
		outputs[out] = made
		return err
	}}
}

// chain wraps a typed function as a chains.Chain.
type chain struct {
	in, out []string
	alone   bool // do not return the inputs with the outputs
	call    func(ctx context.Context, in *values, out map[string]any) error
}

func (c *chain) Call(ctx context.Context, inputs map[string]any, _ ...chains.ChainCallOption) (map[string]any, error) {
	out := map[string]any{}
	if !c.alone {
		maps.Copy(out, inputs)
	}
	if err := c.call(ctx, &values{of: inputs}, out); err != nil {
		return nil, err
	}
	return out, nil
}

func (c *chain) GetMemory() schema.Memory { return memory.NewSimple() }
func (c *chain) GetInputKeys() []string   { return c.in }
func (c *chain) GetOutputKeys() []string  { return c.out }

// values holds the inputs of a chain and the first error in reading them.
type values struct {
	of  map[string]any
	err error
}

// need reads a required input.
func need[T any](in *values, key string) T {
	var none T
	given, ok := in.of[key]
	value, fits := given.(T)
	switch {
	case in.err != nil || fits:
		return value
	case !ok:
		in.err = fmt.Errorf("input %q is missing", key)
	default:
		in.err = fmt.Errorf("input %q has type %T, not %s", key, given, reflect.TypeFor[T]())
	}
	return none
}

// may reads an optional input. It returns the zero value if the input is
// missing.
func may[T any](in *values, key string) T {
	if in.of[key] == nil {
		var none T
		return none
	}
	return need[T](in, key)
}
