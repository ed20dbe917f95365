package config

import (
	"strings"

	"selfrag/agent"
)

// Extractive is the strategy that asks no language model.
var Extractive = agent.Extractive{}.Name()

// AsksNoModel reports whether the settings' strategy does without a model.
func (s Settings) AsksNoModel() bool { return s.Strategy == Extractive }

// named reports whether who runs the program asked for the value of a setting, by
// a flag or a command of the chat, and did not only set it up at some time.
func (s Settings) named(key string) bool {
	from := s.Origin(key)
	return strings.HasPrefix(from, "flag ") || from == FromChat
}

// FromChat is where settings come from that a command of the chat changed.
const FromChat = "chat"

// WantsNoOther reports whether who runs the program asked for a language model, or
// a strategy that takes one, by name.
func (s Settings) WantsNoOther() bool { return s.named("model") || s.named("strategy") }

// NamesCollection tells whether the user asks for a collection that is there:
// by the flag, or in an arm's own file. The one that selfrag.yaml or the
// environment names is for questions of every day, and not what is measured.
func (s Settings) NamesCollection() bool {
	from := s.Origin("collection")
	return from == "flag --collection" || s.OfArm && strings.HasPrefix(from, "file ")
}
