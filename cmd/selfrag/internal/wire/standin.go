package wire

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
	"selfrag/ollama"
)

// Answering returns an agent, as the method Agent does, but it does not fail if
// no language model can be reached. The agent then answers with sentences of
// the documents, and each answer says so. The string without is a message for
// the user: why there is no model. It is empty if the model can be reached. If
// the user named the model or the strategy, Answering fails like Agent.
func (p *Parts) Answering(ctx context.Context, search *Search) (ag *agent.Agent, without string, err error) {
	own := *p
	own.standsIn = !p.Settings.WantsNoOther()
	ag, err = own.Agent(ctx, search, AgentOptions{Deltas: true})
	if !fault.Is(err, fault.Unavailable) || !own.standsIn {
		return ag, "", err
	}
	without = fmt.Sprintf("No language model: %s. Answering with sentences from the documents.", strings.TrimSuffix(remedyOf(err), "."))
	s := p.Settings
	s.Strategy = config.Extractive
	ag, err = p.With(s).Agent(ctx, search, AgentOptions{Deltas: true, Without: without})
	return ag, without, err
}

// remedyOf returns the part of an error that says where the model's server
// should be and what to do. It leaves out the beginning of the error, which
// names the failed operation.
func remedyOf(err error) string {
	if server := (*ollama.UnreachableError)(nil); errors.As(err, &server) {
		err = server
	}
	return err.Error()
}
