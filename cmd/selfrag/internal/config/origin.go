package config

import (
	"strings"

	"selfrag/agent"
)

// Extractive is the name of the strategy that asks no language model.
var Extractive = agent.Extractive{}.Name()

// AsksNoModel reports whether the strategy of the settings asks no model.
func (s Settings) AsksNoModel() bool { return s.Strategy == Extractive }

// named reports whether the user asked for the value of a setting in this run,
// by a flag or a command of the chat. A value from a file or the environment
// does not count.
func (s Settings) named(key string) bool {
	from := s.Origin(key)
	return strings.HasPrefix(from, "flag ") || from == FromChat
}

// FromChat is the origin of settings that a command of the chat changed.
const FromChat = "chat"

// WantsNoOther reports whether the user asked by name for a language model, or
// for a strategy that uses one.
func (s Settings) WantsNoOther() bool { return s.named("model") || s.named("strategy") }

// NamesCollection reports whether the user asks for an existing collection, by
// the flag or in the file of an arm. A collection named in selfrag.yaml or the
// environment does not count: it is for everyday questions and not for
// measuring.
func (s Settings) NamesCollection() bool {
	from := s.Origin("collection")
	return from == "flag --collection" || s.OfArm && strings.HasPrefix(from, "file ")
}
