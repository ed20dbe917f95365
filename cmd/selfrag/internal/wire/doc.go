// Package wire chooses and wires the parts that settings name: stores, models,
// embedders, rerankers, prompts, and over them search, agents and the parts of a
// service. Commands and the server use the same ones.
//
// Parts are opened when they are first asked for, shared by what they depend on,
// and closed once. Parts.With is the same parts under other settings.
package wire
