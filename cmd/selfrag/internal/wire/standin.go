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

// Answering is Agent for whoever wants an answer rather than that of a strategy:
// where no language model can be reached, sentences of the documents answer, and
// each answer says so. without says why the agent does without a model that it
// should have; it is empty where it need not.
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

// remedyOf is the part of an error that says where the model's server is missed and
// what to do, without what was being done there.
func remedyOf(err error) string {
	if server := (*ollama.UnreachableError)(nil); errors.As(err, &server) {
		err = server
	}
	return err.Error()
}
