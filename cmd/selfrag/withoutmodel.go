package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"selfrag/agent"
	"selfrag/fault"
	"selfrag/ollama"
)

// extractive is the strategy that asks no language model.
var extractive = agent.Extractive{}.Name()

// asksNoModel reports whether the settings' strategy does without a model.
func (s *settings) asksNoModel() bool { return s.Strategy == extractive }

// named reports whether who runs the program asked for the value of a setting, by
// a flag or a command of the chat, and did not only set it up at some time.
func (s *settings) named(key string) bool {
	from := s.from[key]
	return strings.HasPrefix(from, "flag ") || from == fromChat
}

// fromChat is where settings come from that a command of the chat changed.
const fromChat = "chat"

// wantsNoOther reports whether who runs the program asked for a language model, or
// a strategy that takes one, by name.
func (s *settings) wantsNoOther() bool { return s.named("model") || s.named("strategy") }

// openAnswering is openAgent for who wants an answer rather than that of a
// strategy: where no language model can be reached, sentences of the documents
// answer, and each answer says so.
func (a *app) openAnswering(ctx context.Context, o *opened) (*agent.Agent, error) {
	o.without = ""
	own := a.with(a.settings)
	own.standIn = !a.settings.wantsNoOther()
	ag, err := own.openAgent(ctx, o)
	if !fault.Is(err, fault.Unavailable) || !own.standIn {
		return ag, err
	}
	o.without = fmt.Sprintf("No language model: %s. Answering with sentences from the documents.", strings.TrimSuffix(remedyOf(err), "."))
	s := a.settings
	s.Strategy = extractive
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

// tellDegraded says what an answer was given without, beyond what was told
// before.
func tellDegraded(w io.Writer, degraded, told string) {
	if told != "" {
		degraded = strings.TrimPrefix(strings.TrimPrefix(degraded, told), "; ")
	}
	if degraded != "" {
		fmt.Fprintln(w, degraded)
	}
}
