// Package wire opens and connects the parts that the settings name. A part is a
// store, a model, an embedder, a reranker or a set of prompts. From these, wire
// makes searches, agents and the interfaces of a service. Commands and the
// server use the same parts.
//
// A part is opened when it is first needed, shared by the parts that depend on
// it, and closed once. Parts.With returns the same parts under other settings.
package wire
