package main

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

// openAnswering is openAgent for who wants an answer rather than that of a
// strategy: where no language model can be reached, sentences of the documents
// answer, and each answer says so.
func (a *app) openAnswering(ctx context.Context, o *opened) (*agent.Agent, error) {
	o.without = ""
	own := a.with(a.settings)
	own.standIn = !a.settings.WantsNoOther()
	ag, err := own.openAgent(ctx, o)
	if !fault.Is(err, fault.Unavailable) || !own.standIn {
		return ag, err
	}
	o.without = fmt.Sprintf("No language model: %s. Answering with sentences from the documents.", strings.TrimSuffix(remedyOf(err), "."))
	s := a.settings
	s.Strategy = config.Extractive
	return a.with(s).openAgent(ctx, o)
}

// remedyOf is the part of an error that says where the model's server is missed and
// what to do, without what was being done there.
func remedyOf(err error) string {
	if server := (*ollama.UnreachableError)(nil); errors.As(err, &server) {
		err = server
	}
	return err.Error()
}
