package config

import (
	"strings"

	"selfrag/agent"
)

// Extractive is the name of the strategy that asks no language model.
var Extractive = agent.Extractive{}.Name()

// AsksNoModel reports whether the strategy of the settings works without a
// language model.
func (s Settings) AsksNoModel() bool { return s.Strategy == Extractive }

// named reports whether a flag or a command of the chat set the value of a
// setting in this run. A value from a file or the environment does not count.
func (s Settings) named(key string) bool {
	from := s.Origin(key)
	return strings.HasPrefix(from, "flag ") || from == FromChat
}

// FromChat is the origin of a value that the user set by a command in the chat,
// such as "/strategy cot".
const FromChat = "chat"

// WantsNoOther reports whether the user named the language model or the
// strategy in this run. If so, no other model or strategy may answer instead.
func (s Settings) WantsNoOther() bool { return s.named("model") || s.named("strategy") }

// NamesCollection reports whether the collection to measure is named by a flag,
// or by the configuration file of one arm of an A/B comparison. A collection
// named in selfrag.yaml or the environment does not count, because it is meant
// for everyday questions and not for measuring.
func (s Settings) NamesCollection() bool {
	from := s.Origin("collection")
	return from == "flag --collection" || s.OfArm && strings.HasPrefix(from, "file ")
}
