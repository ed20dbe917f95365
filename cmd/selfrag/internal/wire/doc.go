// Package wire chooses and wires the parts that the settings name: stores,
// models, embedders, rerankers and prompts, and, on top of them, search, agents
// and the parts of a service. Commands and the server use the same parts.
//
// A part is opened when it is first needed, shared by the parts that depend on
// it, and closed once. Parts.With returns the same parts under other settings.
package wire
